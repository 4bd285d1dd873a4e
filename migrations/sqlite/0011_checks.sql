-- Checks: the newest result of each check on a build, from each who reports it.
-- The same file stands in ../postgres with that engine's types.

create table checks (
    build blob not null references builds (id),
    name text not null,
    -- The bucket in which it was made and the token that reported it; empty where it was in none, and by hand.
    place text not null,
    reporter text not null,
    -- The same bucket, as others refer to it.
    kind text,
    key blob,
    slug text,
    state text not null check (state in ('pending', 'success', 'failure')),
    link text,
    summary text,
    person blob not null references people (id),
    token blob references tokens (id),
    reported_at integer not null,
    -- How many failures were reported until now.
    failures integer not null,
    primary key (build, name, place, reporter)
);
