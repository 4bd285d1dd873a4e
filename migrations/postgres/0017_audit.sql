-- Proof of the audit log: the hashes of its Merkle tree, and what was signed of it. The leaves are those of `events`.

-- The public keys by which it was signed, the newest last. Only the server's folder holds private ones.
create table audit_keys (
    number bigint primary key,
    -- NAME+ID+KEY, as signed notes write it.
    public_key text not null unique,
    made_at bigint not null,
    -- The checkpoint that it signed together with the key before it.
    handover text
);

-- Hashes of 32 bytes, up to 256 in a row, as c2sp.org/tlog-tiles lays them out.
create table audit_tiles (
    level bigint not null,
    place bigint not null,
    hashes bytea not null,
    primary key (level, place)
);

create table audit_checkpoints (
    size bigint primary key,
    at bigint not null,
    note text not null
);

create function audit_tiles_grow() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.level = old.level and new.place = old.place
        and substring(new.hashes from 1 for length(old.hashes)) = old.hashes then
        return new;
    end if;
    raise exception 'audit tiles only grow';
end
$$;
create function audit_proof_is_final() returns trigger language plpgsql as $$
begin
    raise exception '% are final', replace(tg_table_name, '_', ' ');
end
$$;
create trigger audit_tiles_only_grow before update or delete on audit_tiles
    for each row execute function audit_tiles_grow();
create trigger audit_tiles_are_not_truncated before truncate on audit_tiles
    for each statement execute function audit_tiles_grow();
create trigger audit_checkpoints_are_final before update or delete on audit_checkpoints
    for each row execute function audit_proof_is_final();
create trigger audit_checkpoints_are_not_truncated before truncate on audit_checkpoints
    for each statement execute function audit_proof_is_final();
create trigger audit_keys_are_final before update or delete on audit_keys
    for each row execute function audit_proof_is_final();
create trigger audit_keys_are_not_truncated before truncate on audit_keys
    for each statement execute function audit_proof_is_final();
