-- Roles of the installation's own. One that was deleted keeps its row, since invitations of long ago name it.
-- The same file stands in the other engine's folder with its types.
alter table roles add column deleted_at bigint;
