-- Which set of documents declares what: what a set no longer declares can be deleted with it.
-- The same file stands in the other engine's folder with its types.

create table declared (
    -- The id of an environment, a workflow, a rule, an integration and the like. One that is made anew has another id, and
    -- is nobody's: so a name alone never deletes what somebody made by hand.
    thing uuid primary key,
    kind text not null,
    of_set text not null,
    since bigint not null
);
