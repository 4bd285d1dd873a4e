-- Hooks: addresses of an integration at which other systems announce builds, and what came to each.
-- The same file stands in ../sqlite with that engine's types.

create table hooks (
    id uuid primary key,
    integration uuid not null references integrations (id),
    title text not null,
    source text not null,
    -- The secret, sealed, and the one before it for as long as both count.
    secret bytea not null,
    former bytea,
    former_until bigint,
    -- In whose name it acts, and within which scope: a token whose secret nobody knows.
    token uuid not null references tokens (id),
    created_at bigint not null
);
create index hooks_by_integration on hooks (integration, id);

create table hook_deliveries (
    id uuid primary key,
    hook uuid not null references hooks (id),
    -- The id that the sender gave it.
    sent_as text not null,
    received_at bigint not null,
    verdict text not null,
    detail text not null,
    -- Without those that say who sent it.
    headers jsonb not null,
    body text not null,
    replayed_at bigint,
    unique (hook, sent_as)
);
create index hook_deliveries_by_hook on hook_deliveries (hook, id);
create index hook_deliveries_by_age on hook_deliveries (received_at);
