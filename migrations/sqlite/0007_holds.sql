-- Holds: stops on what may enter buckets, and builds that are marked bad.
-- The same file stands in ../postgres with that engine's types.

create table holds (
    id blob primary key,
    -- Counts up in the installation; people say `hold 7`.
    number integer not null unique,
    -- What it stops, as domain::holds::HoldOn writes it, and the same by names.
    subject text not null,
    address text not null,
    -- The digest of a build that is marked bad; null for all other holds.
    digest text,
    reason text not null,
    from_at integer not null,
    until_at integer,
    -- When it ends as far as is known: its release, its end, or never (the largest number).
    ends_at integer not null,
    rollbacks boolean not null,
    made_by blob not null references people (id),
    made_at integer not null,
    released_by blob references people (id),
    released_at integer,
    release_reason text
);
create index holds_by_end on holds (ends_at) where digest is null;
create index holds_by_digest on holds (digest, ends_at) where digest is not null;
