-- A postback (@postback_id) that may be deleted.
SELECT id, deleted_at IS NOT NULL AS deleted, active FROM postbacks WHERE id = @postback_id::bigint
