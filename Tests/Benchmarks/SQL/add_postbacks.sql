-- Adds offers b-1 to b-@offers and affiliates b-1 to b-@affiliates, and a postback for each pair, all to the destination of the
-- offer o1's postback.
WITH offer AS (
    INSERT INTO offers (id, name) SELECT 'b-' || n, 'b' FROM generate_series(1, @offers::int) AS n RETURNING id
), affiliate AS (
    INSERT INTO affiliates (id, name) SELECT 'b-' || n, 'b' FROM generate_series(1, @affiliates::int) AS n RETURNING id
)
INSERT INTO postbacks (offer_id, affiliate_id, conversion_status, url, http_type, destination_id)
SELECT offer.id, affiliate.id, p.conversion_status, p.url, p.http_type, p.destination_id
FROM offer CROSS JOIN affiliate CROSS JOIN (SELECT * FROM postbacks WHERE offer_id = 'o1' LIMIT 1) p
