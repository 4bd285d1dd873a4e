-- Who was shown a secret of a token: who made it, and who gave it another secret. They could act by it.
-- The same file stands in the other engine's folder with its types.

create table token_makers (
    token uuid not null references tokens (id),
    person uuid not null references people (id),
    -- When they were first shown one.
    at bigint not null,
    primary key (token, person)
);
