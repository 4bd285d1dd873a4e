-- Trust roots of projects, and what is said about images with what those make of it.
-- The same file stands in ../postgres with that engine's types.

create table trust_roots (
    id blob primary key,
    project blob not null references projects (id),
    slug text not null,
    -- As domain::trust_roots::Trusts writes it.
    trusts text not null,
    created_at integer not null,
    removed_at integer
);
create unique index trust_roots_by_slug on trust_roots (project, slug) where removed_at is null;

-- Manifests that are to be held against the trust roots of their project, anew where these changed.
create table evidence_queue (
    integration blob not null references integrations (id),
    manifest text not null,
    subject text not null,
    queued_at integer not null,
    primary key (integration, manifest, subject)
);
create index evidence_queue_by_time on evidence_queue (queued_at);

-- What the layers of such a manifest say about an image. They count for as long as the manifest can be read there.
create table statements (
    integration blob not null references integrations (id),
    subject text not null,
    manifest text not null,
    part integer not null,
    content text not null,
    size integer not null,
    -- As domain::evidence::Said writes it.
    said text not null,
    signed boolean not null,
    at integer not null,
    primary key (integration, subject, manifest, part)
);
create index statements_by_manifest on statements (manifest);

create table findings (
    integration blob not null,
    subject text not null,
    manifest text not null,
    part integer not null,
    root blob not null references trust_roots (id),
    -- As domain::evidence::Finding writes it.
    finding text not null,
    primary key (integration, subject, manifest, part, root),
    foreign key (integration, subject, manifest, part)
        references statements (integration, subject, manifest, part) on delete cascade
);
create index findings_by_root on findings (root);
