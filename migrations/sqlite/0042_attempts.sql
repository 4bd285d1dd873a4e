-- Refused attempts: who was turned away, by which door and why. A log of its own, bounded and forgotten after a while; nothing
-- that was typed or sent is in it. The same file stands in the other engine's folder with its types.

create table refused_attempts (
    id blob primary key,
    kind text not null check (kind in ('sign_in', 'permission', 'signature')),
    -- The method and the pattern of the address; empty where several are counted together.
    door text not null,
    because text not null,
    -- Who acted, where that was known.
    account blob references people (id),
    -- The network that it came from; absent where several are counted together.
    client text,
    count integer not null,
    at integer not null,
    last_at integer not null
);
create index refused_attempts_by_kind on refused_attempts (kind, id);
create index refused_attempts_by_time on refused_attempts (last_at);
