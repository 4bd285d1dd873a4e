-- Subscriptions: addresses elsewhere to which events are sent, and what became of each.
-- The same file stands in ../postgres with that engine's types.

create table subscriptions (
    id blob primary key,
    -- Absent for those of the installation, which are told of every project.
    project blob references projects (id),
    title text not null,
    -- As much of the address as is shown; the whole is sealed beside it, as it may be a secret.
    shown text not null,
    address blob not null,
    format text not null,
    signing text,
    -- The key that signs, sealed, and the one before it for as long as both do.
    secret blob,
    former blob,
    former_until integer,
    public_key text,
    -- A list of kinds of events; empty for all.
    kinds text not null,
    integration blob references integrations (id),
    stage text,
    created_by blob not null references people (id),
    created_at integer not null,
    -- The number of the newest event when it was made, or last enabled: what came before is not sent.
    since integer not null,
    disabled_at integer,
    disabled_because text,
    -- Until when one server has it for itself to send.
    leased_until integer not null default 0
);
create index subscriptions_by_project on subscriptions (project, id);

create table deliveries (
    id blob primary key,
    subscription blob not null references subscriptions (id) on delete cascade,
    -- The event; absent for a test.
    seq integer,
    kind text not null,
    made_at integer not null,
    state text not null,
    attempts integer not null,
    due_at integer not null,
    -- The last try.
    sent_at integer,
    took integer,
    request text,
    status integer,
    answer text,
    error text,
    unique (subscription, seq)
);
create index deliveries_by_subscription on deliveries (subscription, id);
create index deliveries_waiting on deliveries (subscription, id) where state = 'waiting';
create index deliveries_by_age on deliveries (made_at);

-- How far each consumer has read the audit log.
create table event_cursors (
    consumer text primary key,
    seq integer not null
);
insert into event_cursors (consumer, seq) select 'subscriptions', size from audit_head;
