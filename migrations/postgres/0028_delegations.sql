-- That one person decides on promotions for another, until a day. Those that are over stay for the record.
-- The same file stands in the other engine's folder with its types.

create table delegations (
    id uuid primary key,
    from_person uuid not null references people (id),
    to_person uuid not null references people (id),
    -- By which role, and where; null for every role, and for everywhere.
    role text,
    project uuid references projects (id),
    reason text not null,
    made_at bigint not null,
    until_at bigint not null,
    -- When it ended before that; null where it did not.
    ended_at bigint
);
create index delegations_by_giver on delegations (from_person, until_at);
create index delegations_by_taker on delegations (to_person, until_at);

-- Who decided in the name of the decision's person, where somebody did.
alter table decisions add column decided_by uuid references people (id);
create index decisions_by_hand on decisions (decided_by) where decided_by is not null;
