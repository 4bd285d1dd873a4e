-- Sessions that their owner sees: each with a public id, where it is used from, and when it was used last.
-- Those that began before tell none of this: they end, and people sign in anew.
drop table sessions;

create table sessions (
    -- SHA-256 of the id in the cookie: a copy of this table signs nobody in.
    hash bytea primary key,
    -- Names the session to its owner; it is not the id in the cookie and opens nothing.
    id uuid not null unique,
    person uuid references people (id),
    data text not null,
    -- What the browser or program says that it is, cut short.
    user_agent text not null,
    address text not null,
    created_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null
);
create index sessions_by_person on sessions (person);
create index sessions_by_expiry on sessions (expires_at);
