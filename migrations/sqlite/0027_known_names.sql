-- Every name that somebody has had, in lower case: a build that names its author by an old one still means them.
-- The same file stands in the other engine's folder with its types.

create table known_names (
    person blob not null references people (id),
    name text not null,
    primary key (name, person)
);
insert into known_names (person, name) select id, lower(name) from people;
