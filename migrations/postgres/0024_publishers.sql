-- Trusted publishing: which CI jobs may push into a project, the tokens that they got in exchange for their own, and the
-- exchanges that were refused lately.
-- The same file stands in ../sqlite with that engine's types.

-- An account in whose name machines act. Nobody signs in to it.
alter table people add column machine boolean not null default false;

-- Whether the project takes pushes of trusted jobs alone.
alter table projects add column trusted_only boolean not null default false;

create table publishers (
    id uuid primary key,
    project uuid not null references projects (id),
    account uuid not null references people (id),
    title text not null,
    system text not null,
    issuer text not null,
    -- The issuer's keys as they were uploaded; absent where they are fetched.
    keys text,
    -- As domain::publishers::Condition and Reach write them.
    conditions jsonb not null,
    reach jsonb not null,
    pull_requests boolean not null,
    created_at bigint not null,
    used_at bigint,
    removed_at bigint
);
create index publishers_by_project on publishers (project);

-- The token of a CI job: whose it is, and what its claims tell of the builds that it pushes, as domain::builds::Origin
-- writes it.
alter table tokens add column publisher uuid references publishers (id);
alter table tokens add column vouched jsonb;

-- A token of a CI job is good once.
create table job_tokens (
    issuer text not null,
    -- SHA-256 of its “jti”.
    jti bytea not null,
    -- It is kept for as long as clocks may let it be taken again.
    expires_at bigint not null,
    primary key (issuer, jti)
);
create index job_tokens_by_expiry on job_tokens (expires_at);

create table refused_exchanges (
    id uuid primary key,
    project uuid not null references projects (id),
    at bigint not null,
    -- As domain::publishers::Refusal writes it.
    refusal jsonb not null,
    claims jsonb not null,
    signed boolean not null,
    address text not null
);
create index refused_exchanges_by_project on refused_exchanges (project, id);
