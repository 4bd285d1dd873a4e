-- Contents that nothing needs any more on their way out, and work that servers do in turns.
-- The same file stands in ../postgres with that engine's types.

-- Contents whose rows are gone, and whose bytes follow. Those whose bytes are gone, too, are remembered for a while.
create table doomed_contents (
    digest text primary key,
    size integer not null,
    doomed_at integer not null,
    gone_at integer
);

-- What one of all servers does once in a while: until when somebody has it, when it was done last, and how far it came.
create table chores (
    name text primary key,
    leased_until integer not null,
    done_at integer not null,
    position text not null
);

create index repository_blobs_by_blob on repository_blobs (blob, uploaded_at);
create index repository_manifests_by_manifest on repository_manifests (manifest);
create index tags_by_digest on tags (manifest);

-- When the bytes were found to be others than the digest says, or missing. Whoever pushes them again mends it.
alter table blobs add column damaged_at integer;
alter table manifests add column damaged_at integer;

-- How long an integration keeps its images, as domain::retention::Retention writes it; null keeps everything.
alter table integrations add column retention text;
-- When the image of a build was let go of; null while it is kept.
alter table builds add column retired_at integer;
