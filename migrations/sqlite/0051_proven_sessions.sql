-- When the person of a session last proved who they are, which what is guarded asks for. Of a session from before it is not
-- known; what it did not prove, its person confirms once.
-- The same file stands in the other engine's folder with its types.

alter table sessions add column proven_at integer;
