-- Service accounts: named machines of a project, or of the installation, with roles like people and tokens of their own.
-- The same file stands in the other engine's folder with its types.

create table service_accounts (
    -- Its account among people, to which nobody signs in; it is disabled where that is deactivated.
    account blob primary key references people (id),
    -- Absent for one of the installation.
    project blob references projects (id),
    made_by blob not null references people (id),
    created_at integer not null,
    deleted_at integer
);
create index service_accounts_by_project on service_accounts (project);
