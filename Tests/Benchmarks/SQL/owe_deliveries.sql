-- Records @count conversions of the offer @offer with one owed delivery each, as recordConversion would within @count × 100 µs.
-- They are spread over the offer's postbacks in turn, each of which must have an affiliate of its own. @prefix makes their
-- transactions different from those of other calls.
WITH postback AS (
    SELECT p.id, p.affiliate_id, p.destination_id, row_number() OVER (ORDER BY p.id) - 1 AS place, count(*) OVER () AS places
    FROM postbacks p WHERE p.offer_id = @offer AND p.deleted_at IS NULL
), conversion AS (
    INSERT INTO conversions AS c (offer_id, affiliate_id, transaction_id, click_id, status, payout, currency, occurred_at, params)
    SELECT @offer, p.affiliate_id, @prefix::text || n, @prefix::text || 'c' || n, 'done', 1.50, 'USD', now(), '{"sub1":"s1"}'
    FROM generate_series(1, @count::int) AS n
    JOIN postback p ON p.place = n % p.places
    ORDER BY n
    RETURNING c AS whole, c.id, c.affiliate_id
), event AS (
    INSERT INTO events (conversion_id, sequence, status, goals_enabled, aggregateid, type, payload)
    SELECT c.id, 1, 'done', false, c.id::text, 'conversion.done', conversion_json(c.whole, @offer, c.affiliate_id, NULL)
    FROM conversion c
    RETURNING id, conversion_id
)
INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, owed_at, due_at, offer_id, affiliate_id)
SELECT e.id, e.conversion_id, 1, p.id, p.destination_id, o.at, o.at, @offer, p.affiliate_id
FROM (SELECT e.*, row_number() OVER (ORDER BY e.id) AS number FROM event e) e
JOIN conversion c ON c.id = e.conversion_id
JOIN postback p ON p.affiliate_id = c.affiliate_id
CROSS JOIN LATERAL (SELECT now() - make_interval(secs => (@count::int - e.number) * 0.0001) AS at) o
ORDER BY e.id
