-- Fills in the offer and the affiliate of deliveries that lack them, in a page of at most @limit deliveries with ids above
-- @after_id. It returns the last id of the page; null at the end.
WITH page AS MATERIALIZED (
    SELECT d.id, d.conversion_id FROM deliveries d WHERE d.id > @after_id::bigint ORDER BY d.id LIMIT @limit::bigint
), filled AS (
    UPDATE deliveries d SET offer_id = c.offer_id, affiliate_id = c.affiliate_id
    FROM page CROSS JOIN LATERAL (
        SELECT c.offer_id, c.affiliate_id FROM conversions c WHERE c.id = page.conversion_id OFFSET 0
    ) c
    WHERE d.id = page.id AND d.affiliate_id IS NULL
)
SELECT max(id) AS last FROM page
