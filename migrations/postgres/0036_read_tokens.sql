-- Read tokens: by which a deployer pulls what is or was current in one environment, and nothing else.
-- The same file stands in the other engine's folder with its types.

alter table tokens add column environment uuid references environments (id);

create table readers (
    environment uuid primary key references environments (id),
    -- The account in whose name all read tokens of the environment act.
    account uuid not null references people (id)
);
