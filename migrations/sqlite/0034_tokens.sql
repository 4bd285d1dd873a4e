-- Tokens: where they were last used from, a secret that was replaced and works for a while yet, and whether their end was told.
-- The same file stands in the other engine's folder with its types.

alter table tokens add column last_used_from text;
-- SHA-256 of the secret before, and until when it works.
alter table tokens add column former blob;
alter table tokens add column former_until integer;
create unique index tokens_by_former on tokens (former) where former is not null;
-- When it was told that the token is about to expire.
alter table tokens add column warned_at integer;
create index tokens_by_expiry on tokens (expires_at) where revoked_at is null and warned_at is null;

-- When someone was last here in person. Whoever has an account by now starts from now.
alter table people add column signed_in_at integer;
update people set signed_in_at = cast(strftime('%s', 'now') as integer) * 1000000 where not machine;
