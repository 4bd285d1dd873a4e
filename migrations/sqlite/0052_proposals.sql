-- Changes that one proposes and a second person confirms.
-- The same file stands in the other engine's folder with its types.

create table proposals (
    id blob primary key,
    number integer not null unique,
    -- What is to be done, as data, and what it changes, in words.
    subject text not null,
    proposed_by blob not null references people (id),
    proposed_at integer not null,
    expires_at integer not null,
    state text not null,
    state_data text not null,
    version integer not null
);
create index proposals_waiting on proposals (number) where state = 'waiting';
