-- Trusted publishing: which CI jobs may push into a project, the tokens that they got in exchange for their own, and the
-- exchanges that were refused lately.
-- The same file stands in ../postgres with that engine's types.

-- An account in whose name machines act. Nobody signs in to it.
alter table people add column machine boolean not null default false;

-- Whether the project takes pushes of trusted jobs alone.
alter table projects add column trusted_only boolean not null default false;

create table publishers (
    id blob primary key,
    project blob not null references projects (id),
    account blob not null references people (id),
    title text not null,
    system text not null,
    issuer text not null,
    -- The issuer's keys as they were uploaded; absent where they are fetched.
    keys text,
    -- As domain::publishers::Condition and Reach write them.
    conditions text not null,
    reach text not null,
    pull_requests boolean not null,
    created_at integer not null,
    used_at integer,
    removed_at integer
);
create index publishers_by_project on publishers (project);

-- The token of a CI job: whose it is, and what its claims tell of the builds that it pushes, as domain::builds::Origin
-- writes it.
alter table tokens add column publisher blob references publishers (id);
alter table tokens add column vouched text;

-- A token of a CI job is good once.
create table job_tokens (
    issuer text not null,
    -- SHA-256 of its “jti”.
    jti blob not null,
    -- It is kept for as long as clocks may let it be taken again.
    expires_at integer not null,
    primary key (issuer, jti)
);
create index job_tokens_by_expiry on job_tokens (expires_at);

create table refused_exchanges (
    id blob primary key,
    project blob not null references projects (id),
    at integer not null,
    -- As domain::publishers::Refusal writes it.
    refusal text not null,
    claims text not null,
    signed boolean not null,
    address text not null
);
create index refused_exchanges_by_project on refused_exchanges (project, id);
