-- Pins: environments that run, for a service, another build than their bucket says; and what an integration's services run
-- where nothing else says anything.
-- The same file stands in ../postgres with that engine's types.

-- What a promotion is to pin, as domain::pins::Pinning writes it; null where it makes its build current.
alter table promotions add column pin text;
alter table promotions add column pin_service blob references services (id);
alter table promotions add column pin_environment blob references environments (id);
create index promotions_to_pin on promotions (pin_service, pin_environment) where state = 'waiting' and pin is not null;
-- A pin is no wish to enter the bucket.
drop index promotions_once;
create unique index promotions_once on promotions (integration, build, to_kind, to_key)
    where state = 'waiting' and pin is null;
drop index promotions_applied;
create index promotions_applied on promotions (project, ended_at) where state = 'applied' and pin is null;

create table pins (
    -- The promotion that made it, which has its reason and who asked for it.
    promotion blob primary key references promotions (id),
    service blob not null references services (id),
    environment blob not null references environments (id),
    build blob not null references builds (id),
    -- The environment or stream whose bucket feeds it: its name reaches the build, too.
    key blob not null,
    at integer not null,
    until_at integer not null,
    -- Until its end was told; it may be over by then.
    open boolean not null,
    -- How it ended before its time, as domain::pins::End writes it.
    end_data text
);
create unique index pins_open on pins (service, environment) where open;
create index pins_over on pins (until_at) where open;
create index pins_by_place on pins (environment, promotion);
create index pins_by_build on pins (build, key);

alter table integrations add column default_build blob references builds (id);
alter table integrations add column default_at integer;
