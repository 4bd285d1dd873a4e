-- Subscriptions: addresses elsewhere to which events are sent, and what became of each.
-- The same file stands in ../sqlite with that engine's types.

create table subscriptions (
    id uuid primary key,
    -- Absent for those of the installation, which are told of every project.
    project uuid references projects (id),
    title text not null,
    -- As much of the address as is shown; the whole is sealed beside it, as it may be a secret.
    shown text not null,
    address bytea not null,
    format text not null,
    signing text,
    -- The key that signs, sealed, and the one before it for as long as both do.
    secret bytea,
    former bytea,
    former_until bigint,
    public_key text,
    -- A list of kinds of events; empty for all.
    kinds jsonb not null,
    integration uuid references integrations (id),
    stage text,
    created_by uuid not null references people (id),
    created_at bigint not null,
    -- The number of the newest event when it was made, or last enabled: what came before is not sent.
    since bigint not null,
    disabled_at bigint,
    disabled_because text,
    -- Until when one server has it for itself to send.
    leased_until bigint not null default 0
);
create index subscriptions_by_project on subscriptions (project, id);

create table deliveries (
    id uuid primary key,
    subscription uuid not null references subscriptions (id) on delete cascade,
    -- The event; absent for a test.
    seq bigint,
    kind text not null,
    made_at bigint not null,
    state text not null,
    attempts bigint not null,
    due_at bigint not null,
    -- The last try.
    sent_at bigint,
    took bigint,
    request text,
    status bigint,
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
    seq bigint not null
);
insert into event_cursors (consumer, seq) select 'subscriptions', size from audit_head;
