-- Projects that are put away, and the sample project.
-- The same file stands in ../sqlite with that engine's types.

-- When the project was archived; null while it is in use.
alter table projects add column archived_at bigint;
-- How far loading the sample came with it; null for what people made.
alter table projects add column sample text check (sample in ('unfinished', 'whole'));
