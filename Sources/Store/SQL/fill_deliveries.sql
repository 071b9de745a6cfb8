-- Says of so many ($2) deliveries behind an id ($1) whose they are, where that is not known; the last one's id, null at the end.
WITH page AS MATERIALIZED (
    SELECT d.id, d.conversion_id FROM deliveries d WHERE d.id > $1::bigint ORDER BY d.id LIMIT $2::bigint
), filled AS (
    UPDATE deliveries d SET offer_id = c.offer_id, affiliate_id = c.affiliate_id
    FROM page CROSS JOIN LATERAL (
        SELECT c.offer_id, c.affiliate_id FROM conversions c WHERE c.id = page.conversion_id OFFSET 0
    ) c
    WHERE d.id = page.id AND d.affiliate_id IS NULL
)
SELECT max(id) AS last FROM page
