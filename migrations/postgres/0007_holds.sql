-- Holds: stops on what may enter buckets, and builds that are marked bad.
-- The same file stands in ../sqlite with that engine's types.

create table holds (
    id uuid primary key,
    -- Counts up in the installation; people say `hold 7`.
    number bigint not null unique,
    -- What it stops, as domain::holds::HoldOn writes it, and the same by names.
    subject jsonb not null,
    address text not null,
    -- The digest of a build that is marked bad; null for all other holds.
    digest text,
    reason text not null,
    from_at bigint not null,
    until_at bigint,
    -- When it ends as far as is known: its release, its end, or never (the largest number).
    ends_at bigint not null,
    rollbacks boolean not null,
    made_by uuid not null references people (id),
    made_at bigint not null,
    released_by uuid references people (id),
    released_at bigint,
    release_reason text
);
create index holds_by_end on holds (ends_at) where digest is null;
create index holds_by_digest on holds (digest, ends_at) where digest is not null;
