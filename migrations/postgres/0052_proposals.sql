-- Changes that one proposes and a second person confirms.
-- The same file stands in the other engine's folder with its types.

create table proposals (
    id uuid primary key,
    number bigint not null unique,
    -- What is to be done, as data, and what it changes, in words.
    subject jsonb not null,
    proposed_by uuid not null references people (id),
    proposed_at bigint not null,
    expires_at bigint not null,
    state text not null,
    state_data jsonb not null,
    version bigint not null
);
create index proposals_waiting on proposals (number) where state = 'waiting';
