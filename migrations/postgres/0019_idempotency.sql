-- Requests that named a key, so that the same again is answered and not done again.
-- The same file stands in ../sqlite with that engine's types.

create table idempotency_keys (
    -- The token, or the person of a session.
    caller uuid not null,
    key text not null,
    -- SHA-256 of the request.
    fingerprint bytea not null,
    begun_at bigint not null,
    -- Absent while it is under way.
    status bigint,
    location text,
    -- Absent where the answer holds a secret.
    body text,
    primary key (caller, key)
);
create index idempotency_keys_by_age on idempotency_keys (begun_at);
