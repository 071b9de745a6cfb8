-- Records $1 conversions of an offer ($2) with transaction ids that begin with $3. Their deliveries were refused once and are due
-- again. It sends no notification.
WITH c AS (
    INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, payout, occurred_at)
    SELECT $2, 'a', $3 || n, 'c' || n, 'pending', 1.50, now() FROM generate_series(1, $1::int) AS n
    RETURNING *
), e AS (
    INSERT INTO events (conversion_id, sequence, status, goals_enabled, aggregateid, type, payload)
    SELECT c.id, 1, c.status, false, c.id::text, 'conversion.pending', conversion_json(c, $2, 'a', NULL) FROM c
    RETURNING id, conversion_id
), o AS (
    INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, lease_no, attempt)
    SELECT e.id, e.conversion_id, 1, p.id, p.destination_id, 1, 1 FROM e CROSS JOIN postbacks p
    WHERE p.offer_id = $2 AND p.conversion_status = 'pending'
    RETURNING id, conversion_id, postback_id, destination_id
), a AS (
    INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, error, retry_in_seconds)
    SELECT id, 1, 1, now(), 'retry', '{"code":"http_status","message":"the receiver answered with status 503"}', 0 FROM o
), counted AS (
    INSERT INTO attempt_counts_pending (since, postback_id, destination_id, outcome, attempts, milliseconds)
    SELECT date_trunc('minute', now()), postback_id, destination_id, 'retry', count(*), 0 FROM o GROUP BY 2, 3
)
SELECT c.id, c.transaction_id, array_to_string(array_agg(o.id), ',') AS deliveries
FROM c JOIN o ON o.conversion_id = c.id GROUP BY c.id, c.transaction_id
