\set n random(1, 9000000000000000000)
WITH conversion AS (
    INSERT INTO conversions (offer_id, affiliate_id, transaction_id, click_id, status, payout, currency, occurred_at, params)
    VALUES ('o1', 'a1', :n::text, :n::text, 'done', 1.50, 'USD', now(), '{"sub1":"s1"}')
    RETURNING *
), event AS (
    INSERT INTO events (conversion_id, sequence, status, goals_enabled, aggregateid, type, payload)
    SELECT c.id, 1, c.status, o.goals_enabled, c.id::text, 'conversion.done', conversion_json(c, o.name, a.name, NULL)
    FROM conversion c JOIN offers o ON o.id = c.offer_id JOIN affiliates a ON a.id = c.affiliate_id
    RETURNING id, conversion_id
)
INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, offer_id, affiliate_id)
SELECT e.id, e.conversion_id, 1, p.id, p.destination_id, 'o1', 'a1'
FROM event e CROSS JOIN postbacks p
WHERE coalesce(p.offer_id, '*') = ANY (ARRAY['o1', '*']) AND coalesce(p.affiliate_id, '*') = ANY (ARRAY['a1', '*'])
    AND p.conversion_status = 'done' AND p.deleted_at IS NULL AND p.active
RETURNING id;
