-- Groups of people: whoever is in one holds the roles that are bound to it.
-- The same file stands in the other engine's folder with its types.

create table people_groups (
    id blob primary key,
    -- Taken for good, since the timeline names it.
    slug text not null unique,
    title text not null,
    created_at integer not null,
    deleted_at integer
);

create table group_members (
    of_group blob not null references people_groups (id),
    person blob not null references people (id),
    since integer not null,
    primary key (of_group, person)
);
create index group_members_by_person on group_members (person);

create table group_bindings (
    id blob primary key,
    of_group blob not null references people_groups (id),
    role text not null references roles (slug),
    -- As the place of any other binding.
    place text not null,
    created_at integer not null
);
create index group_bindings_by_group on group_bindings (of_group);

-- What each person holds, by a binding of their own or by a group's. A group's stands there once for each of its members.
create view held_roles as
select id, person, role, place, provider, provider_group, null as of_group from bindings
union all
select b.id, m.person, b.role, b.place, null, null, b.of_group
from group_bindings b join group_members m on m.of_group = b.of_group;
