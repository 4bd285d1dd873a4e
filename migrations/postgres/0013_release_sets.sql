-- Release sets: named builds of several services, and what was done with them together.
-- The same file stands in ../sqlite with that engine's types.

-- The number of the last one of each project.
alter table projects add column release_sets bigint not null default 0;

create table release_sets (
    id uuid primary key,
    project uuid not null references projects (id),
    number bigint not null,
    title text not null,
    made_by uuid not null references people (id),
    made_at bigint not null,
    unique (project, number)
);

create table release_set_members (
    release_set uuid not null references release_sets (id),
    integration uuid not null references integrations (id),
    build uuid not null references builds (id),
    primary key (release_set, integration)
);

-- What was done with all of them, and how that ended for each.
create table release_set_acts (
    id uuid primary key,
    release_set uuid not null references release_sets (id),
    course jsonb not null,
    reason text not null,
    person uuid not null references people (id),
    at bigint not null
);
create index release_set_acts_by_set on release_set_acts (release_set, id);

create table release_set_results (
    act uuid not null references release_set_acts (id),
    integration uuid not null references integrations (id),
    build uuid not null references builds (id),
    promotion uuid references promotions (id),
    placement uuid references placements (id),
    refused text,
    primary key (act, integration)
);
create index release_set_results_by_promotion on release_set_results (promotion) where promotion is not null;
