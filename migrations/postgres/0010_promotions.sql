-- Promotions of automatic stages, at a time, in turn, and past the gates in an emergency.
-- The same file stands in ../sqlite with that engine's types.

-- Whether the stage asked for it by itself.
alter table promotions add column automatic boolean not null default false;
-- Before when it is not applied, where whoever asked wants that.
alter table promotions add column scheduled_for bigint;
-- Whether it waits until those are over that were asked for before it into the same bucket.
alter table promotions add column in_turn boolean not null default false;
-- Who applied it past which gates and why, and who reviewed that; null where nobody did.
alter table promotions add column emergency jsonb;
alter table promotions add column to_review boolean not null default false;
create index promotions_to_review on promotions (id) where to_review;
create index promotions_automatic on promotions (build, to_key) where automatic;

-- When a build became current of which the automatic stages behind the bucket have not heard.
alter table buckets add column moved_at bigint;
create index buckets_moved on buckets (moved_at) where moved_at is not null;
