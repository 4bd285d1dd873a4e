-- Release sets: named builds of several services, and what was done with them together.
-- The same file stands in ../postgres with that engine's types.

-- The number of the last one of each project.
alter table projects add column release_sets integer not null default 0;

create table release_sets (
    id blob primary key,
    project blob not null references projects (id),
    number integer not null,
    title text not null,
    made_by blob not null references people (id),
    made_at integer not null,
    unique (project, number)
);

create table release_set_members (
    release_set blob not null references release_sets (id),
    integration blob not null references integrations (id),
    build blob not null references builds (id),
    primary key (release_set, integration)
);

-- What was done with all of them, and how that ended for each.
create table release_set_acts (
    id blob primary key,
    release_set blob not null references release_sets (id),
    course text not null,
    reason text not null,
    person blob not null references people (id),
    at integer not null
);
create index release_set_acts_by_set on release_set_acts (release_set, id);

create table release_set_results (
    act blob not null references release_set_acts (id),
    integration blob not null references integrations (id),
    build blob not null references builds (id),
    promotion blob references promotions (id),
    placement blob references placements (id),
    refused text,
    primary key (act, integration)
);
create index release_set_results_by_promotion on release_set_results (promotion) where promotion is not null;
