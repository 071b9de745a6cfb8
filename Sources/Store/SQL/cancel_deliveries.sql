-- Cancels what deleted postbacks owe: what was recorded while they were being deleted, and what came back unfinished.
WITH gone AS (
    DELETE FROM outbox o USING postbacks p
    WHERE p.deleted_at IS NOT NULL AND o.postback_id = p.id AND (o.lease_until IS NULL OR o.lease_until <= now())
    RETURNING o.*
)
INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts, lease_no, owed_at,
    offer_id, affiliate_id, attempts_before)
-- An id that is taken makes place for a new one.
SELECT CASE WHEN EXISTS (SELECT FROM deliveries d WHERE d.id = g.id) THEN nextval('outbox_id_seq') ELSE g.id END,
    event_id, conversion_id, sequence, postback_id, destination_id, 'cancelled', attempt, lease_no, owed_at, offer_id,
    affiliate_id, attempts_before
FROM gone g
