-- What is stored in the registry, and through which names it may be read.
-- The same file stands in ../postgres with that engine's types.
-- A name is an integration and a bucket's key (an environment or a stream); the nil key is the integration itself.

create table blobs (
    digest text primary key,
    size integer not null,
    created_at integer not null
);

create table manifests (
    digest text primary key,
    media_type text not null,
    -- Bytes of the manifest alone.
    size integer not null,
    artifact_type text,
    subject text,
    annotations text not null,
    -- Whether a runtime can run it: an image, or an index of images.
    runnable boolean not null,
    created_at integer not null
);
create index manifests_by_subject on manifests (subject) where subject is not null;

-- All that a manifest reaches, over any number of indexes, so that reachability is one look-up.
create table manifest_contents (
    manifest text not null references manifests (digest),
    content text not null,
    kind text not null check (kind in ('blob', 'manifest')),
    size integer not null,
    primary key (manifest, content)
);
create index manifest_contents_by_content on manifest_contents (content, manifest);

create table repository_blobs (
    integration blob not null references integrations (id),
    bucket blob not null,
    blob text not null references blobs (digest),
    uploaded_at integer not null,
    primary key (integration, bucket, blob)
);

create table repository_manifests (
    integration blob not null references integrations (id),
    bucket blob not null,
    manifest text not null references manifests (digest),
    pushed_at integer not null,
    primary key (integration, bucket, manifest)
);

create table tags (
    integration blob not null references integrations (id),
    bucket blob not null,
    name text not null,
    manifest text not null references manifests (digest),
    updated_at integer not null,
    primary key (integration, bucket, name)
);
create index tags_by_manifest on tags (integration, bucket, manifest);
