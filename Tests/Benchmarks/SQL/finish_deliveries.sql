-- Finishes the deliveries that are owed to the offer @offer as if all had been delivered at once, each with its attempt.
WITH finished AS (
    DELETE FROM outbox WHERE offer_id = @offer RETURNING *
), moved AS (
    INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts, http_status,
        lease_no, owed_at, finished_at, postback_version, offer_id, affiliate_id)
    SELECT id, event_id, conversion_id, sequence, postback_id, destination_id, 'delivered', 1, 200, 1, owed_at, owed_at, 1,
        offer_id, affiliate_id
    FROM finished
)
INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, postback_version, request, response, timing, remote_address)
SELECT id, 1, 1, owed_at, 'delivered', 1, '{"method":"GET","url":"http://127.0.0.1/postback","headers":[]}',
    '{"status":200,"headers":[],"body":"ok"}', '{"totalMs":1.5}', '127.0.0.1'
FROM finished
