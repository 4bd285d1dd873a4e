-- CI rules with their versions, which of them integrations follow, and where they have led builds.
-- The same file stands in ../sqlite with that engine's types.

create table rules (
    id uuid primary key,
    project uuid not null references projects (id),
    slug text not null,
    title text not null,
    kind text not null,
    is_default boolean not null,
    version bigint not null,
    unique (project, slug)
);
create unique index rules_default on rules (project, kind) where is_default;

create table rule_versions (
    rule uuid not null references rules (id),
    version bigint not null,
    criteria jsonb not null,
    created_at bigint not null,
    primary key (rule, version)
);

-- As for workflows: the project's default, one's own, or none. What was there before follows the default.
alter table integrations add column rule_follows text not null default 'default'
    check (rule_follows in ('default', 'own', 'none'));
alter table integrations add column rule uuid references rules (id);
create index integrations_by_rule on integrations (rule) where rule is not null;

-- The builds that came without a bucket's name, and where a rule has led each; with nothing where none did. What was
-- placed by name has no such row.
create table routings (
    build uuid primary key references builds (id),
    integration uuid not null references integrations (id),
    rule uuid references rules (id),
    version bigint,
    kind text,
    key uuid,
    at bigint not null,
    check ((rule is null) = (key is null))
);
create index routings_by_integration on routings (integration, build);
create index routings_unclassified on routings (integration, build) where key is null;

insert into routings (build, integration, at)
select b.id, b.integration, b.received_at from builds b
where not exists (select 1 from placements p where p.build = b.id)
  and not exists (select 1 from refused_arrivals r where r.build = b.id);
