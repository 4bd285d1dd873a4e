-- What deployers report of environments: every report, and what runs by the newest of them.
-- The same file stands in ../sqlite with that engine's types.

create table deployments (
    id uuid primary key,
    service uuid not null references services (id),
    environment uuid not null references environments (id),
    -- As it was reported: of the build, or of the image of one platform in it.
    digest text not null,
    build uuid references builds (id),
    outcome text not null check (outcome in ('started', 'succeeded', 'failed')),
    link text,
    -- When it happened, by the clock of who reports.
    at bigint not null,
    person uuid not null references people (id),
    token uuid references tokens (id),
    reported_at bigint not null
);
create index deployments_by_place on deployments (environment, service, id);
create index deployments_by_build on deployments (build, environment, service, at) where outcome = 'succeeded';

create index deployments_unknown on deployments (digest) where build is null;

create table runs (
    service uuid not null references services (id),
    environment uuid not null references environments (id),
    -- The newest report of success, and since when the same image runs; null until there is one.
    runs uuid references deployments (id),
    since bigint,
    -- Since when that is known: a gate does not count what was reported afterwards.
    known_since bigint,
    -- The newest report of all.
    last uuid not null references deployments (id),
    primary key (service, environment)
);
create index runs_by_environment on runs (environment);
