-- Rollbacks that wait for approvals, as promotions from a bucket into the same.
-- The same file stands in ../sqlite with that engine's types.

-- The placement that was current when a rollback was asked for; null for all else.
alter table promotions add column takes_back uuid references placements (id);
