-- Registries elsewhere that a project, or the installation, is connected with.
-- The same file stands in ../postgres with that engine's types.

create table registries (
    id blob primary key,
    -- Absent for those of the installation, which every project may use.
    project blob references projects (id),
    slug text not null,
    address text not null,
    -- Absent where nobody signs in there.
    username text,
    -- The password, sealed.
    secret blob,
    -- Below which its repositories lie that may be used; absent for all.
    below text,
    created_by blob not null references people (id),
    created_at integer not null
);
create unique index registries_of_projects on registries (project, slug) where project is not null;
create unique index registries_of_installation on registries (slug) where project is null;
