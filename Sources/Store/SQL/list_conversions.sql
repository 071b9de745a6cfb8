-- Conversions in the order of their ids, behind an id ($9), filtered; null does not filter. Times are those of recording.
-- An id of a tracker alone is looked up under each offer, for which there are indexes.
-- For the list from the newest on, what stands in a comment directly behind a word takes its place.
SELECT c.id, conversion_json(c, o.name, a.name, g.name) AS conversion
FROM conversions c
JOIN offers o ON o.id = c.offer_id
JOIN affiliates a ON a.id = c.affiliate_id
LEFT JOIN goals g ON g.offer_id = c.offer_id AND g.id = c.goal_id
WHERE ($1::text IS NULL OR c.offer_id = $1)
    AND ($2::text IS NULL OR c.affiliate_id = $2)
    AND ($3::text IS NULL OR c.goal_id = $3)
    AND ($4::text IS NULL OR c.status = $4)
    AND ($5::text IS NULL OR id_key(c.transaction_id) = id_key($5) AND c.transaction_id = $5)
    AND ($6::text IS NULL OR id_key(c.click_id) = id_key($6) AND c.click_id = $6)
    AND (($5::text IS NULL AND $6::text IS NULL) OR c.offer_id = ANY (ARRAY(SELECT o.id FROM offers o)))
    AND ($7::timestamptz IS NULL OR c.created_at >= $7)
    AND ($8::timestamptz IS NULL OR c.created_at < $8)
    AND c.id >/*<*/ $9::bigint
ORDER BY c.id ASC/*DESC*/
LIMIT $10::bigint
