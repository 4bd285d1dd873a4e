-- Promotions that wait, once their gates pass, until a person applies them.
-- The same file stands in ../postgres with that engine's types.

-- As the stage wanted it when the promotion was asked for. One that is ready for that is 'waiting' in `state`, as all that is
-- open; `state_data` says more.
alter table promotions add column by_hand boolean not null default false;
