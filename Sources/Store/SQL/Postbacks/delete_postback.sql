-- Marks a postback (@postback_id) as deleted, unless it is deleted already, and locks its row. cancel_deliveries follows in the
-- same transaction.
WITH found AS MATERIALIZED (
    SELECT id FROM postbacks WHERE id = @postback_id::bigint FOR UPDATE
), deleted AS (
    UPDATE postbacks p SET deleted_at = now(), updated_at = now()
    FROM found f WHERE p.id = f.id AND p.deleted_at IS NULL
)
SELECT id FROM found
