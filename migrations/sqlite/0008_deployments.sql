-- What deployers report of environments: every report, and what runs by the newest of them.
-- The same file stands in ../postgres with that engine's types.

create table deployments (
    id blob primary key,
    service blob not null references services (id),
    environment blob not null references environments (id),
    -- As it was reported: of the build, or of the image of one platform in it.
    digest text not null,
    build blob references builds (id),
    outcome text not null check (outcome in ('started', 'succeeded', 'failed')),
    link text,
    -- When it happened, by the clock of who reports.
    at integer not null,
    person blob not null references people (id),
    token blob references tokens (id),
    reported_at integer not null
);
create index deployments_by_place on deployments (environment, service, id);
create index deployments_by_build on deployments (build, environment, service, at) where outcome = 'succeeded';

create index deployments_unknown on deployments (digest) where build is null;

create table runs (
    service blob not null references services (id),
    environment blob not null references environments (id),
    -- The newest report of success, and since when the same image runs; null until there is one.
    runs blob references deployments (id),
    since integer,
    -- Since when that is known: a gate does not count what was reported afterwards.
    known_since integer,
    -- The newest report of all.
    last blob not null references deployments (id),
    primary key (service, environment)
);
create index runs_by_environment on runs (environment);
