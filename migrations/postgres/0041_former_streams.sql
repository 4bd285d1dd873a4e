-- The release streams that an environment was of before. A read token of it still shows what had been current there by then.
-- The same file stands in the other engine's folder with its types.

create table former_streams (
    environment uuid not null references environments (id),
    stream uuid not null references release_streams (id),
    -- When it was moved out, the last time.
    until bigint not null,
    primary key (environment, stream)
);
