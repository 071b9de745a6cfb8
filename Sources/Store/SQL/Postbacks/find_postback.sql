-- Finds a postback (@postback_id), also a deleted one.
SELECT id, deleted_at IS NOT NULL AS deleted, active FROM postbacks WHERE id = @postback_id::bigint
