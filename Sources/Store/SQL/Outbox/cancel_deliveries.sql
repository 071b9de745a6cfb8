-- Cancels the deliveries in the outbox whose postback is deleted, and counts them: those of one postback (@postback_id) when it
-- is being deleted; with null it cancels those of all deleted postbacks: deliveries that were recorded during a deletion, and
-- deliveries that were in flight then and came back unfinished. A delivery in flight stays until it comes back.
WITH gone AS (
    DELETE FROM outbox o USING postbacks p
    WHERE p.deleted_at IS NOT NULL AND (@postback_id::bigint IS NULL OR p.id = @postback_id::bigint)
        AND o.postback_id = p.id AND (o.lease_until IS NULL OR o.lease_until <= now())
    RETURNING o.*
), moved AS (
    INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts, lease_no, owed_at,
        offer_id, affiliate_id, attempts_before, http_status, error_code)
    -- A finished delivery may already have this id; then the cancelled one gets a new id.
    SELECT CASE WHEN EXISTS (SELECT FROM deliveries d WHERE d.id = g.id) THEN nextval('outbox_id_seq') ELSE g.id END,
        event_id, conversion_id, sequence, postback_id, destination_id, 'cancelled', attempt, lease_no, owed_at, offer_id,
        affiliate_id, attempts_before, last_status, last_error
    FROM gone g
)
SELECT count(*) AS cancelled FROM gone
