-- People, permission, structure, builds, promotions and the audit log.
-- The same file stands in ../postgres with that engine's types. Ids are UUIDv7, times microseconds UTC.

create table installation (
    id integer primary key check (id = 1),
    created_at integer not null,
    -- Signs short-lived registry tokens.
    signing_key blob not null
);

create table people (
    id blob primary key,
    name text not null,
    email text not null unique,
    password_hash text,
    joined_at integer not null
);

create table sessions (
    -- SHA-256 of the id in the cookie: a copy of this table signs nobody in.
    hash blob primary key,
    person blob references people (id),
    data text not null,
    created_at integer not null,
    expires_at integer not null
);
create index sessions_by_person on sessions (person);
create index sessions_by_expiry on sessions (expires_at);

create table roles (
    slug text primary key,
    title text not null,
    permissions text not null,
    built_in boolean not null
);

create table bindings (
    id blob primary key,
    person blob not null references people (id),
    role text not null references roles (slug),
    -- The place of a binding, as domain::access::Place writes it.
    place text not null,
    created_at integer not null
);
create index bindings_by_person on bindings (person);

create table links (
    id blob primary key,
    hash blob not null unique,
    purpose text not null check (purpose in ('admin', 'invitation')),
    email text,
    role text references roles (slug),
    place text,
    created_at integer not null,
    expires_at integer not null,
    used_at integer,
    used_by blob references people (id)
);

create table release_streams (
    id blob primary key,
    slug text not null unique,
    title text not null,
    production boolean not null,
    built_in boolean not null,
    position integer not null
);

create table projects (
    id blob primary key,
    slug text not null unique,
    title text not null,
    created_at integer not null,
    -- The number of the newest promotion.
    promotions integer not null
);

create table environments (
    id blob primary key,
    project blob not null references projects (id),
    slug text not null,
    title text not null,
    stream blob not null references release_streams (id),
    position integer not null,
    unique (project, slug)
);
create index environments_by_stream on environments (stream);

create table workflows (
    id blob primary key,
    project blob not null references projects (id),
    slug text not null,
    title text not null,
    kind text not null,
    is_default boolean not null,
    version integer not null,
    unique (project, slug)
);
create unique index workflows_default on workflows (project, kind) where is_default;

create table workflow_versions (
    workflow blob not null references workflows (id),
    version integer not null,
    graph text not null,
    created_at integer not null,
    primary key (workflow, version)
);

create table integrations (
    id blob primary key,
    project blob not null references projects (id),
    slug text not null,
    title text not null,
    kind text not null,
    follows text not null check (follows in ('default', 'own', 'none')),
    workflow blob references workflows (id),
    created_at integer not null,
    unique (project, slug),
    check ((follows = 'own') = (workflow is not null))
);
create index integrations_by_workflow on integrations (workflow);

create table services (
    id blob primary key,
    project blob not null references projects (id),
    slug text not null,
    title text not null,
    integration blob not null references integrations (id),
    unique (project, slug)
);
create index services_by_integration on services (integration);

create table tokens (
    id blob primary key,
    owner blob not null references people (id),
    title text not null,
    hash blob not null unique,
    actions text not null,
    project blob references projects (id),
    integration blob references integrations (id),
    created_at integer not null,
    expires_at integer not null,
    last_used_at integer,
    revoked_at integer
);
create index tokens_by_owner on tokens (owner);

create table builds (
    id blob primary key,
    integration blob not null references integrations (id),
    digest text not null,
    external_id text not null,
    tag text not null,
    media_type text not null,
    size integer not null,
    platforms text not null,
    origin text not null,
    received_at integer not null,
    received_via text not null,
    pushed_by blob not null references people (id),
    pushed_with blob references tokens (id),
    unique (integration, digest, external_id)
);
create index builds_by_digest on builds (digest);

-- Made at the first placement or refusal; (kind, key) names the environment or stream.
create table buckets (
    id blob primary key,
    integration blob not null references integrations (id),
    kind text not null,
    key blob not null,
    placement blob,
    -- When a rollback paused arrivals; null while they are open.
    paused_at integer,
    -- Counts the placements; guards against a change between look and act.
    version integer not null,
    unique (integration, kind, key)
);

create table placements (
    id blob primary key,
    bucket blob not null references buckets (id),
    build blob not null references builds (id),
    cause text not null,
    reason text,
    person blob not null references people (id),
    token blob references tokens (id),
    at integer not null
);
create index placements_by_bucket on placements (bucket, id);
create index placements_by_build on placements (build, bucket);

-- Builds that arrived in a bucket and may not become current there; the newest refusal of each.
create table refused_arrivals (
    bucket blob not null references buckets (id),
    build blob not null references builds (id),
    tag text not null,
    refused text not null,
    person blob not null references people (id),
    token blob references tokens (id),
    at integer not null,
    primary key (bucket, build)
);
create index refused_arrivals_by_time on refused_arrivals (bucket, at);

create table promotions (
    id blob primary key,
    project blob not null references projects (id),
    number integer not null,
    integration blob not null references integrations (id),
    build blob not null references builds (id),
    from_kind text not null,
    from_key blob not null,
    from_slug text not null,
    to_kind text not null,
    to_key blob not null,
    to_slug text not null,
    workflow blob not null references workflows (id),
    workflow_version integer not null,
    gates text not null,
    requested_by blob not null references people (id),
    requested_with blob references tokens (id),
    requested_at integer not null,
    reason text not null,
    state text not null,
    state_data text not null,
    version integer not null,
    unique (project, number)
);
create index promotions_by_bucket on promotions (integration, to_kind, to_key, state, number);
create index promotions_waiting on promotions (project, id) where state = 'waiting';
-- Two waiting promotions of one build into one bucket would be the same wish twice.
create unique index promotions_once on promotions (integration, build, to_kind, to_key) where state = 'waiting';

create table decisions (
    promotion blob not null references promotions (id),
    person blob not null references people (id),
    choice text not null,
    comment text,
    digest text not null,
    roles text not null,
    at integer not null,
    primary key (promotion, person)
);

-- The audit log. `bytes` is what counts; the columns beside it are derived, for filters.
create table events (
    seq integer primary key,
    id blob not null unique,
    at integer not null,
    kind text not null,
    -- Who did it, and the person that it was done to.
    person blob,
    subject blob,
    token blob,
    project blob,
    integration blob,
    bucket blob,
    bytes blob not null,
    leaf blob not null
);
create index events_by_kind on events (kind, seq);
create index events_by_person on events (person, seq);
create index events_by_project on events (project, seq);
create index events_by_integration on events (integration, seq);
create index events_by_bucket on events (bucket, seq);

-- Texts that may tell of a person: the bytes hold commitments, so a text can be erased here.
create table event_texts (
    seq integer not null references events (seq),
    commitment text not null,
    salt blob not null,
    text text,
    primary key (seq, commitment)
);

create table audit_head (
    id integer primary key check (id = 1),
    size integer not null
);
insert into audit_head (id, size) values (1, 0);

create trigger events_are_not_changed before update on events
begin
    select raise(abort, 'audit events are final');
end;
create trigger events_are_not_deleted before delete on events
begin
    select raise(abort, 'audit events are final');
end;
