-- Proof of the audit log: the hashes of its Merkle tree, and what was signed of it. The leaves are those of `events`.

-- The public keys by which it was signed, the newest last. Only the server's folder holds private ones.
create table audit_keys (
    number integer primary key,
    -- NAME+ID+KEY, as signed notes write it.
    public_key text not null unique,
    made_at integer not null,
    -- The checkpoint that it signed together with the key before it.
    handover text
);

-- Hashes of 32 bytes, up to 256 in a row, as c2sp.org/tlog-tiles lays them out.
create table audit_tiles (
    level integer not null,
    place integer not null,
    hashes blob not null,
    primary key (level, place)
);

create table audit_checkpoints (
    size integer primary key,
    at integer not null,
    note text not null
);

create trigger audit_tiles_only_grow before update on audit_tiles
    when new.level <> old.level or new.place <> old.place
        or substr(new.hashes, 1, length(old.hashes)) <> old.hashes
begin
    select raise(abort, 'audit tiles only grow');
end;
create trigger audit_tiles_are_not_deleted before delete on audit_tiles
begin
    select raise(abort, 'audit tiles only grow');
end;
create trigger audit_checkpoints_are_not_changed before update on audit_checkpoints
begin
    select raise(abort, 'audit checkpoints are final');
end;
create trigger audit_checkpoints_are_not_deleted before delete on audit_checkpoints
begin
    select raise(abort, 'audit checkpoints are final');
end;
create trigger audit_keys_are_not_changed before update on audit_keys
begin
    select raise(abort, 'audit keys are final');
end;
create trigger audit_keys_are_not_deleted before delete on audit_keys
begin
    select raise(abort, 'audit keys are final');
end;
