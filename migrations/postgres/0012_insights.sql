-- When a promotion ended, so that those of a time are found.
-- The same file stands in ../sqlite with that engine's words for reading JSON.

alter table promotions add column ended_at bigint;
update promotions set ended_at = (state_data->>'at')::bigint where state <> 'waiting';
create index promotions_applied on promotions (project, ended_at) where state = 'applied';
