-- Outside steps: what promotions do in a registry elsewhere before they are applied, and what is under way there.
-- The same file stands in ../sqlite with that engine's types.

create table outside_steps (
    integration uuid not null references integrations (id),
    -- The bucket; nothing but zeros where it holds for every bucket that has none of its own.
    bucket_key uuid not null,
    does text not null,
    registry uuid references registries (id),
    repository text,
    -- A list of patterns of tags.
    tags jsonb not null,
    primary key (integration, bucket_key)
);
create index outside_steps_by_registry on outside_steps (registry);

-- One row for each promotion that does something elsewhere now.
create table outside_work (
    promotion uuid primary key references promotions (id),
    due_at bigint not null,
    -- Until when one server has it for itself.
    leased_until bigint not null default 0,
    tries bigint not null default 0,
    trouble text,
    -- Bytes that are there, and how many there are to be.
    sent bigint not null default 0,
    total bigint not null default 0
);
create index outside_work_due on outside_work (due_at);
