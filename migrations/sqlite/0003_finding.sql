-- What things are found by, and what the first page and the page of a build read.
-- The same file stands in ../postgres with that engine's types.

-- The tag and the commit of a build as searches compare them: in lowercase, and no longer than an index takes.
alter table builds add column tag_key text not null default '';
alter table builds add column commit_key text;
update builds
set tag_key = lower(tag), commit_key = substr(lower(json_extract(origin, '$.commit.value')), 1, 64);
create index builds_by_tag on builds (tag_key, id desc);
create index builds_by_integration_and_tag on builds (integration, tag_key, id desc);
create index builds_by_commit on builds (commit_key, id desc) where commit_key is not null;

create index promotions_by_number on promotions (number);
create index promotions_by_build on promotions (build, id);
-- What waits is little, however much has passed: these hold nothing else. The state stands in the second, so that a
-- planner without statistics does not take a longer index for it.
create index promotions_waiting_by_id on promotions (id) where state = 'waiting';
create index promotions_waiting_by_bucket on promotions (integration, to_kind, to_key, state)
    where state = 'waiting';
create index placements_by_life on placements (build, id);
create index refused_arrivals_by_build on refused_arrivals (build, at);
