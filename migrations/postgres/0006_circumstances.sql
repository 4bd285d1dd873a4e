-- Promotions that time has a say in, and what they refer to.
-- The same file stands in ../sqlite with that engine's types.

-- What the promotion refers to, such as a change ticket, where its stage asks for one.
alter table promotions add column reference text;
-- When a waiting promotion is to be looked at again without anybody doing anything; null once it is over.
alter table promotions add column due_at bigint;
-- What waits from before then ends after thirty days, too.
update promotions set due_at = requested_at + 2592000000000 where state = 'waiting';
create index promotions_due on promotions (due_at) where due_at is not null;
