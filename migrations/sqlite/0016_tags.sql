-- In a bucket a build goes by the tag that it came there with, whatever it was called elsewhere; a promotion carries it on.
-- The same file stands in the other engine's folder.

alter table placements add column tag text not null default '';
update placements set tag = (select b.tag from builds b where b.id = placements.build);
alter table promotions add column tag text not null default '';
update promotions set tag = (select b.tag from builds b where b.id = promotions.build);
alter table release_set_members add column tag text not null default '';
update release_set_members set tag = (select b.tag from builds b where b.id = release_set_members.build);
-- By what a build went where it was reported to run; null where nobody knew it by then.
alter table deployments add column tag text;
