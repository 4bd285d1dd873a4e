-- People who may not act any more. Their accounts stay, as what they did names them.
-- The same file stands in ../postgres with that engine's types.

alter table people add column deactivated_at integer;
