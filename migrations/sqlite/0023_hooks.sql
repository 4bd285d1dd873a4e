-- Hooks: addresses of an integration at which other systems announce builds, and what came to each.
-- The same file stands in ../postgres with that engine's types.

create table hooks (
    id blob primary key,
    integration blob not null references integrations (id),
    title text not null,
    source text not null,
    -- The secret, sealed, and the one before it for as long as both count.
    secret blob not null,
    former blob,
    former_until integer,
    -- In whose name it acts, and within which scope: a token whose secret nobody knows.
    token blob not null references tokens (id),
    created_at integer not null
);
create index hooks_by_integration on hooks (integration, id);

create table hook_deliveries (
    id blob primary key,
    hook blob not null references hooks (id),
    -- The id that the sender gave it.
    sent_as text not null,
    received_at integer not null,
    verdict text not null,
    detail text not null,
    -- Without those that say who sent it.
    headers text not null,
    body text not null,
    replayed_at integer,
    unique (hook, sent_as)
);
create index hook_deliveries_by_hook on hook_deliveries (hook, id);
create index hook_deliveries_by_age on hook_deliveries (received_at);
