-- Filters of the first page that people keep by a name; what a person begins with is a row of its own, since it may be
-- somebody else's view.
create table saved_views (
    id blob primary key,
    owner blob not null references people (id),
    title text not null,
    filter text not null,
    -- Whose viewers see it, too.
    project blob references projects (id),
    created_at integer not null,
    unique (owner, title)
);
create index saved_views_shared on saved_views (project) where project is not null;

create table start_views (
    person blob primary key references people (id),
    view blob not null references saved_views (id) on delete cascade
);
create index start_views_by_view on start_views (view);
