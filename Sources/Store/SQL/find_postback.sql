-- A postback that may be deleted.
SELECT id, deleted_at IS NOT NULL AS deleted, active FROM postbacks WHERE id = $1::bigint
