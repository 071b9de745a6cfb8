-- Cancels the deliveries in the outbox whose postback is deleted: those recorded during the deletion, and those that came back
-- from a poller unfinished.
WITH gone AS (
    DELETE FROM outbox o USING postbacks p
    WHERE p.deleted_at IS NOT NULL AND o.postback_id = p.id AND (o.lease_until IS NULL OR o.lease_until <= now())
    RETURNING o.*
)
INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts, lease_no, owed_at,
    offer_id, affiliate_id, attempts_before)
-- A finished delivery may already have this id; then the cancelled one gets a new id.
SELECT CASE WHEN EXISTS (SELECT FROM deliveries d WHERE d.id = g.id) THEN nextval('outbox_id_seq') ELSE g.id END,
    event_id, conversion_id, sequence, postback_id, destination_id, 'cancelled', attempt, lease_no, owed_at, offer_id,
    affiliate_id, attempts_before
FROM gone g
