-- Returns for each given id whether no record has it, and for a destination (@origins) whether no record has one of its origins.
-- A deleted postback still counts as known. A null id does not count as unknown.
SELECT
    @offer_id::text IS NOT NULL AND NOT EXISTS (SELECT FROM offers o WHERE o.id = @offer_id::text) AS offer,
    @affiliate_id::text IS NOT NULL AND NOT EXISTS (SELECT FROM affiliates a WHERE a.id = @affiliate_id::text) AS affiliate,
    @postback_id::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM postbacks p WHERE p.id = @postback_id::bigint) AS postback,
    @conversion_id::bigint IS NOT NULL
        AND NOT EXISTS (SELECT FROM conversions c WHERE c.id = @conversion_id::bigint) AS conversion,
    @delivery_id::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = @delivery_id::bigint)
        AND NOT EXISTS (SELECT FROM deliveries d WHERE d.id = @delivery_id::bigint) AS delivery,
    @origins::text[] IS NOT NULL AND NOT EXISTS (SELECT FROM destinations d WHERE d.origin = ANY (@origins::text[])) AS destination
