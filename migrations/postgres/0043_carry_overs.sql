-- Which integration of the other type one was made of, and when its builds were carried over.
-- The same file stands in the other engine's folder with its types.

alter table integrations add column carried_from uuid references integrations (id);
alter table integrations add column carried_at bigint;
create index integrations_carried on integrations (carried_from) where carried_from is not null;
