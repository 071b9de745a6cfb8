-- Deletes a postback (@postback_id) and cancels its deliveries in the outbox. A delivery in flight is cancelled later if it comes
-- back unfinished.
WITH found AS MATERIALIZED (
    SELECT id FROM postbacks WHERE id = @postback_id::bigint FOR UPDATE
), deleted AS (
    UPDATE postbacks p SET deleted_at = now(), updated_at = now()
    FROM found f WHERE p.id = f.id AND p.deleted_at IS NULL
), gone AS (
    DELETE FROM outbox o USING found f
    WHERE o.postback_id = f.id AND (o.lease_until IS NULL OR o.lease_until <= now())
    RETURNING o.*
), moved AS (
    INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts, lease_no, owed_at,
        offer_id, affiliate_id, attempts_before)
    -- A finished delivery may already have this id; then the cancelled one gets a new id.
    SELECT CASE WHEN EXISTS (SELECT FROM deliveries d WHERE d.id = g.id) THEN nextval('outbox_id_seq') ELSE g.id END,
        event_id, conversion_id, sequence, postback_id, destination_id, 'cancelled', attempt, lease_no, owed_at, offer_id,
        affiliate_id, attempts_before
    FROM gone g
)
SELECT f.id, (SELECT count(*) FROM gone) AS cancelled FROM found f
