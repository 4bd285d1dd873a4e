-- People, permission, structure, builds, promotions and the audit log.
-- The same file stands in ../sqlite with that engine's types. Ids are UUIDv7, times microseconds UTC.

create table installation (
    id bigint primary key check (id = 1),
    created_at bigint not null,
    -- Signs short-lived registry tokens.
    signing_key bytea not null
);

create table people (
    id uuid primary key,
    name text not null,
    email text not null unique,
    password_hash text,
    joined_at bigint not null
);

create table sessions (
    -- SHA-256 of the id in the cookie: a copy of this table signs nobody in.
    hash bytea primary key,
    person uuid references people (id),
    data text not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index sessions_by_person on sessions (person);
create index sessions_by_expiry on sessions (expires_at);

create table roles (
    slug text primary key,
    title text not null,
    permissions jsonb not null,
    built_in boolean not null
);

create table bindings (
    id uuid primary key,
    person uuid not null references people (id),
    role text not null references roles (slug),
    -- The place of a binding, as domain::access::Place writes it.
    place jsonb not null,
    created_at bigint not null
);
create index bindings_by_person on bindings (person);

create table links (
    id uuid primary key,
    hash bytea not null unique,
    purpose text not null check (purpose in ('admin', 'invitation')),
    email text,
    role text references roles (slug),
    place jsonb,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    used_by uuid references people (id)
);

create table release_streams (
    id uuid primary key,
    slug text not null unique,
    title text not null,
    production boolean not null,
    built_in boolean not null,
    position bigint not null
);

create table projects (
    id uuid primary key,
    slug text not null unique,
    title text not null,
    created_at bigint not null,
    -- The number of the newest promotion.
    promotions bigint not null
);

create table environments (
    id uuid primary key,
    project uuid not null references projects (id),
    slug text not null,
    title text not null,
    stream uuid not null references release_streams (id),
    position bigint not null,
    unique (project, slug)
);
create index environments_by_stream on environments (stream);

create table workflows (
    id uuid primary key,
    project uuid not null references projects (id),
    slug text not null,
    title text not null,
    kind text not null,
    is_default boolean not null,
    version bigint not null,
    unique (project, slug)
);
create unique index workflows_default on workflows (project, kind) where is_default;

create table workflow_versions (
    workflow uuid not null references workflows (id),
    version bigint not null,
    graph jsonb not null,
    created_at bigint not null,
    primary key (workflow, version)
);

create table integrations (
    id uuid primary key,
    project uuid not null references projects (id),
    slug text not null,
    title text not null,
    kind text not null,
    follows text not null check (follows in ('default', 'own', 'none')),
    workflow uuid references workflows (id),
    created_at bigint not null,
    unique (project, slug),
    check ((follows = 'own') = (workflow is not null))
);
create index integrations_by_workflow on integrations (workflow);

create table services (
    id uuid primary key,
    project uuid not null references projects (id),
    slug text not null,
    title text not null,
    integration uuid not null references integrations (id),
    unique (project, slug)
);
create index services_by_integration on services (integration);

create table tokens (
    id uuid primary key,
    owner uuid not null references people (id),
    title text not null,
    hash bytea not null unique,
    actions jsonb not null,
    project uuid references projects (id),
    integration uuid references integrations (id),
    created_at bigint not null,
    expires_at bigint not null,
    last_used_at bigint,
    revoked_at bigint
);
create index tokens_by_owner on tokens (owner);

create table builds (
    id uuid primary key,
    integration uuid not null references integrations (id),
    digest text not null,
    external_id text not null,
    tag text not null,
    media_type text not null,
    size bigint not null,
    platforms jsonb not null,
    origin jsonb not null,
    received_at bigint not null,
    received_via text not null,
    pushed_by uuid not null references people (id),
    pushed_with uuid references tokens (id),
    unique (integration, digest, external_id)
);
create index builds_by_digest on builds (digest);

-- Made at the first placement or refusal; (kind, key) names the environment or stream.
create table buckets (
    id uuid primary key,
    integration uuid not null references integrations (id),
    kind text not null,
    key uuid not null,
    placement uuid,
    -- When a rollback paused arrivals; null while they are open.
    paused_at bigint,
    -- Counts the placements; guards against a change between look and act.
    version bigint not null,
    unique (integration, kind, key)
);

create table placements (
    id uuid primary key,
    bucket uuid not null references buckets (id),
    build uuid not null references builds (id),
    cause jsonb not null,
    reason text,
    person uuid not null references people (id),
    token uuid references tokens (id),
    at bigint not null
);
create index placements_by_bucket on placements (bucket, id);
create index placements_by_build on placements (build, bucket);

-- Builds that arrived in a bucket and may not become current there; the newest refusal of each.
create table refused_arrivals (
    bucket uuid not null references buckets (id),
    build uuid not null references builds (id),
    tag text not null,
    refused jsonb not null,
    person uuid not null references people (id),
    token uuid references tokens (id),
    at bigint not null,
    primary key (bucket, build)
);
create index refused_arrivals_by_time on refused_arrivals (bucket, at);

create table promotions (
    id uuid primary key,
    project uuid not null references projects (id),
    number bigint not null,
    integration uuid not null references integrations (id),
    build uuid not null references builds (id),
    from_kind text not null,
    from_key uuid not null,
    from_slug text not null,
    to_kind text not null,
    to_key uuid not null,
    to_slug text not null,
    workflow uuid not null references workflows (id),
    workflow_version bigint not null,
    gates jsonb not null,
    requested_by uuid not null references people (id),
    requested_with uuid references tokens (id),
    requested_at bigint not null,
    reason text not null,
    state text not null,
    state_data jsonb not null,
    version bigint not null,
    unique (project, number)
);
create index promotions_by_bucket on promotions (integration, to_kind, to_key, state, number);
create index promotions_waiting on promotions (project, id) where state = 'waiting';
-- Two waiting promotions of one build into one bucket would be the same wish twice.
create unique index promotions_once on promotions (integration, build, to_kind, to_key) where state = 'waiting';

create table decisions (
    promotion uuid not null references promotions (id),
    person uuid not null references people (id),
    choice text not null,
    comment text,
    digest text not null,
    roles jsonb not null,
    at bigint not null,
    primary key (promotion, person)
);

-- The audit log. `bytes` is what counts; the columns beside it are derived, for filters.
create table events (
    seq bigint primary key,
    id uuid not null unique,
    at bigint not null,
    kind text not null,
    -- Who did it, and the person that it was done to.
    person uuid,
    subject uuid,
    token uuid,
    project uuid,
    integration uuid,
    bucket uuid,
    bytes bytea not null,
    leaf bytea not null
);
create index events_by_kind on events (kind, seq);
create index events_by_person on events (person, seq);
create index events_by_project on events (project, seq);
create index events_by_integration on events (integration, seq);
create index events_by_bucket on events (bucket, seq);

-- Texts that may tell of a person: the bytes hold commitments, so a text can be erased here.
create table event_texts (
    seq bigint not null references events (seq),
    commitment text not null,
    salt bytea not null,
    text text,
    primary key (seq, commitment)
);

create table audit_head (
    id bigint primary key check (id = 1),
    size bigint not null
);
insert into audit_head (id, size) values (1, 0);

create function events_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'audit events are final';
end
$$;
create trigger events_are_final before update or delete on events
    for each row execute function events_are_final();
create trigger events_are_not_truncated before truncate on events
    for each statement execute function events_are_final();
