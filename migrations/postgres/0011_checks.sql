-- Checks: the newest result of each check on a build, from each who reports it.
-- The same file stands in ../sqlite with that engine's types.

create table checks (
    build uuid not null references builds (id),
    name text not null,
    -- The bucket in which it was made and the token that reported it; empty where it was in none, and by hand.
    place text not null,
    reporter text not null,
    -- The same bucket, as others refer to it.
    kind text,
    key uuid,
    slug text,
    state text not null check (state in ('pending', 'success', 'failure')),
    link text,
    summary text,
    person uuid not null references people (id),
    token uuid references tokens (id),
    reported_at bigint not null,
    -- How many failures were reported until now.
    failures bigint not null,
    primary key (build, name, place, reporter)
);
