-- When a promotion ended, so that those of a time are found.
-- The same file stands in ../postgres with that engine's words for reading JSON.

alter table promotions add column ended_at integer;
update promotions set ended_at = json_extract(state_data, '$.at') where state <> 'waiting';
create index promotions_applied on promotions (project, ended_at) where state = 'applied';
