-- What was deleted: it leaves lists and addresses, and what happened there stays. Its own name frees the slug, which is
-- kept beside it for whatever tells of it.
-- The same file stands in ../postgres with that engine's types.

alter table integrations add column deleted_at integer;
alter table integrations add column deleted_slug text;
create index integrations_deleted on integrations (project, deleted_at) where deleted_at is not null;

alter table environments add column deleted_at integer;
alter table environments add column deleted_slug text;

alter table release_streams add column deleted_at integer;
alter table release_streams add column deleted_slug text;

alter table workflows add column deleted_at integer;
alter table workflows add column deleted_slug text;

alter table rules add column deleted_at integer;
alter table rules add column deleted_slug text;
