-- Conversions, from the first recorded on; null does not filter. For the list from the newest on, what stands in a comment directly
-- behind a word takes its place.
-- $1 says by what they are found: 'key' (the tracker's ids $6 and $7), 'affiliate' ($3), 'offer' ($2) or 'all'; whatever else is
-- given filters. The page has $11 rows, behind one ($8, $9) and up to a time ($10).
-- Each way has an index in the order of the list. The others are not walked: their condition on $1 is looked at first, and what
-- filters besides is written so that it leads to no other index.
WITH keyed AS MATERIALIZED (
    -- An id of a tracker alone is looked up under each offer, for which there are indexes.
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id FROM conversions c
        WHERE c.offer_id = o.id AND id_key(c.transaction_id) = id_key($6::text) AND c.transaction_id = $6::text
        OFFSET 0
    ) c
    WHERE $1::text = 'key' AND $6::text IS NOT NULL AND ($2::text IS NULL OR o.id = $2::text)
    UNION ALL
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id FROM conversions c
        WHERE c.offer_id = o.id AND id_key(c.click_id) = id_key($7::text) AND c.click_id = $7::text
        OFFSET 0
    ) c
    WHERE $1::text = 'key' AND $6::text IS NULL AND ($2::text IS NULL OR o.id = $2::text)
), found AS (
    SELECT c.created_at, c.id
    FROM keyed k
    CROSS JOIN LATERAL (SELECT * FROM conversions c WHERE c.id = k.id OFFSET 0) c
    WHERE ($3::text IS NULL OR c.affiliate_id = $3::text)
        AND ($4::text IS NULL OR c.goal_id = $4::text)
        AND ($5::text IS NULL OR c.status = $5::text)
        AND ($7::text IS NULL OR c.click_id = $7::text)
        AND (c.created_at, c.id) >/*<*/ ($8::timestamptz, $9::bigint)
        AND c.created_at </*>=*/ $10::timestamptz
    UNION ALL
    SELECT f.created_at, f.id
    FROM (
        SELECT c.created_at, c.id FROM conversions c
        WHERE c.affiliate_id = $3::text
            AND ($2::text IS NULL OR c.offer_id IS NOT DISTINCT FROM $2::text)
            AND ($4::text IS NULL OR c.goal_id IS NOT DISTINCT FROM $4::text)
            AND ($5::text IS NULL OR c.status IS NOT DISTINCT FROM $5::text)
            AND (c.created_at, c.id) >/*<*/ ($8::timestamptz, $9::bigint)
            AND c.created_at </*>=*/ $10::timestamptz
        ORDER BY c.created_at ASC/*DESC*/, c.id ASC/*DESC*/
        LIMIT $11::bigint
    ) f
    WHERE $1::text = 'affiliate'
    UNION ALL
    SELECT f.created_at, f.id
    FROM (
        SELECT c.created_at, c.id FROM conversions c
        WHERE c.offer_id = $2::text
            AND ($4::text IS NULL OR c.goal_id IS NOT DISTINCT FROM $4::text)
            AND ($5::text IS NULL OR c.status IS NOT DISTINCT FROM $5::text)
            AND (c.created_at, c.id) >/*<*/ ($8::timestamptz, $9::bigint)
            AND c.created_at </*>=*/ $10::timestamptz
        ORDER BY c.created_at ASC/*DESC*/, c.id ASC/*DESC*/
        LIMIT $11::bigint
    ) f
    WHERE $1::text = 'offer'
    UNION ALL
    SELECT f.created_at, f.id
    FROM unnest(ARRAY['pending', 'done', 'rejected']) AS s(status)
    CROSS JOIN LATERAL (
        SELECT c.created_at, c.id FROM conversions c
        WHERE c.status COLLATE "C" = s.status
            AND ($4::text IS NULL OR c.goal_id IS NOT DISTINCT FROM $4::text)
            AND (c.created_at, c.id) >/*<*/ ($8::timestamptz, $9::bigint)
            AND c.created_at </*>=*/ $10::timestamptz
        ORDER BY c.created_at ASC/*DESC*/, c.id ASC/*DESC*/
        LIMIT $11::bigint
    ) f
    WHERE $1::text = 'all' AND ($5::text IS NULL OR s.status = $5::text)
), page AS MATERIALIZED (
    SELECT * FROM found ORDER BY created_at ASC/*DESC*/, id ASC/*DESC*/ LIMIT $11::bigint
)
SELECT to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z/"') || c.id AS cursor,
    conversion_json(c, o.name, a.name, g.name) AS conversion
FROM page
CROSS JOIN LATERAL (SELECT * FROM conversions c WHERE c.id = page.id OFFSET 0) c
JOIN offers o ON o.id = c.offer_id
JOIN affiliates a ON a.id = c.affiliate_id
LEFT JOIN goals g ON g.offer_id = c.offer_id AND g.id = c.goal_id
ORDER BY page.created_at ASC/*DESC*/, page.id ASC/*DESC*/
