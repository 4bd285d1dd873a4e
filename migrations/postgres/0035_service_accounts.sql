-- Service accounts: named machines of a project, or of the installation, with roles like people and tokens of their own.
-- The same file stands in the other engine's folder with its types.

create table service_accounts (
    -- Its account among people, to which nobody signs in; it is disabled where that is deactivated.
    account uuid primary key references people (id),
    -- Absent for one of the installation.
    project uuid references projects (id),
    made_by uuid not null references people (id),
    created_at bigint not null,
    deleted_at bigint
);
create index service_accounts_by_project on service_accounts (project);
