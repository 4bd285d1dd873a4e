-- Trust roots of projects, and what is said about images with what those make of it.
-- The same file stands in ../sqlite with that engine's types.

create table trust_roots (
    id uuid primary key,
    project uuid not null references projects (id),
    slug text not null,
    -- As domain::trust_roots::Trusts writes it.
    trusts jsonb not null,
    created_at bigint not null,
    removed_at bigint
);
create unique index trust_roots_by_slug on trust_roots (project, slug) where removed_at is null;

-- Manifests that are to be held against the trust roots of their project, anew where these changed.
create table evidence_queue (
    integration uuid not null references integrations (id),
    manifest text not null,
    subject text not null,
    queued_at bigint not null,
    primary key (integration, manifest, subject)
);
create index evidence_queue_by_time on evidence_queue (queued_at);

-- What the layers of such a manifest say about an image. They count for as long as the manifest can be read there.
create table statements (
    integration uuid not null references integrations (id),
    subject text not null,
    manifest text not null,
    part bigint not null,
    content text not null,
    size bigint not null,
    -- As domain::evidence::Said writes it.
    said jsonb not null,
    signed boolean not null,
    at bigint not null,
    primary key (integration, subject, manifest, part)
);
create index statements_by_manifest on statements (manifest);

create table findings (
    integration uuid not null,
    subject text not null,
    manifest text not null,
    part bigint not null,
    root uuid not null references trust_roots (id),
    -- As domain::evidence::Finding writes it.
    finding jsonb not null,
    primary key (integration, subject, manifest, part, root),
    foreign key (integration, subject, manifest, part)
        references statements (integration, subject, manifest, part) on delete cascade
);
create index findings_by_root on findings (root);
