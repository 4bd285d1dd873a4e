-- Signing in by OpenID Connect providers: who is who there, the sign-ins that are under way, tests of a provider, and which
-- roles come from it.
-- The same file stands in ../sqlite with that engine's types.

create table identities (
    -- Someone at a provider, for good: never an e-mail address.
    issuer text not null,
    subject text not null,
    person uuid not null references people (id),
    -- The provider by the name that it has in the configuration.
    provider text not null,
    connected_at bigint not null,
    used_at bigint not null,
    primary key (issuer, subject)
);
create index identities_by_person on identities (person);

create table sign_in_attempts (
    -- SHA-256 of the state that the provider gives back, and of the secret in the browser's cookie.
    state bytea primary key,
    browser bytea not null,
    provider text not null,
    -- What it is for, as domain::providers::Purpose writes it.
    purpose jsonb not null,
    nonce text not null,
    verifier text not null,
    return_path text not null,
    expires_at bigint not null
);
create index sign_in_attempts_by_expiry on sign_in_attempts (expires_at);

create table sign_in_trials (
    id uuid primary key,
    person uuid not null references people (id),
    -- What came of it, as domain::providers::Trial writes it.
    trial jsonb not null,
    expires_at bigint not null
);
create index sign_in_trials_by_expiry on sign_in_trials (expires_at);

-- Where a role comes from, where nobody gave it by hand; with a group, it goes with that group.
alter table bindings add column provider text;
alter table bindings add column provider_group text;
create index bindings_by_group on bindings (provider_group) where provider_group is not null;
