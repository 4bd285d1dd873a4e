-- What a project lets anybody pull and how much it may keep, and how deep indexes are nested.
-- The same file stands in ../postgres with that engine's types.

alter table projects add column anonymous_pull boolean not null default false;
-- Bytes; null for no limit.
alter table projects add column quota integer;

-- How many indexes lie between a manifest and its lowest image.
alter table manifests add column depth integer not null default 0;
update manifests set depth = 1
where media_type in ('application/vnd.oci.image.index.v1+json',
                     'application/vnd.docker.distribution.manifest.list.v2+json');
