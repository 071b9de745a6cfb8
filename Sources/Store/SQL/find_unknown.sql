-- Which of these is not there: an offer ($1), an affiliate ($2), a postback ($3, deleted ones are there), a conversion ($4), a
-- delivery ($5). Null asks for nothing.
SELECT
    $1::text IS NOT NULL AND NOT EXISTS (SELECT FROM offers o WHERE o.id = $1::text) AS offer,
    $2::text IS NOT NULL AND NOT EXISTS (SELECT FROM affiliates a WHERE a.id = $2::text) AS affiliate,
    $3::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM postbacks p WHERE p.id = $3::bigint) AS postback,
    $4::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM conversions c WHERE c.id = $4::bigint) AS conversion,
    $5::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = $5::bigint)
        AND NOT EXISTS (SELECT FROM deliveries d WHERE d.id = $5::bigint) AS delivery
