-- Lists conversions from the first recorded on; a null filter is not applied. For the list from the newest on, a comment directly
-- behind a word replaces that word.
-- @lookup says how they are found: 'key' (the tracker's ids @transaction_id and @click_id), 'affiliate' (@affiliate_id), 'offer'
-- (@offer_id) or 'all'; all other arguments filter. The page has @count rows, behind a place (@after_time, @after_id) and up to a
-- time (@end_time).
-- Each way has an index in the order of the list, for each status separately. The branches of the other ways are not executed: their condition on @lookup is
-- checked first. The filters are written so that the planner cannot use another index for them.
WITH keyed AS MATERIALIZED (
    -- A tracker's id without an offer is looked up under each offer, because the indexes begin with the offer.
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (SELECT c.id FROM conversions_by_key(o.id, @transaction_id::text, @click_id::text) c OFFSET 0) c
    WHERE @lookup::text = 'key' AND (@offer_id::text IS NULL OR o.id = @offer_id::text)
), statuses AS MATERIALIZED (
    SELECT s.status FROM unnest(ARRAY['pending', 'done', 'rejected']) AS s(status)
    WHERE @status::text IS NULL OR s.status = @status::text
), found AS (
    SELECT c.created_at, c.id
    FROM keyed k
    CROSS JOIN LATERAL (SELECT * FROM conversions c WHERE c.id = k.id OFFSET 0) c
    WHERE (@affiliate_id::text IS NULL OR c.affiliate_id = @affiliate_id::text)
        AND (@goal_id::text IS NULL OR c.goal_id = @goal_id::text)
        AND (@status::text IS NULL OR c.status = @status::text)
        AND (@click_id::text IS NULL OR c.click_id = @click_id::text)
        AND (c.created_at, c.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
        AND c.created_at </*>=*/ @end_time::timestamptz
    UNION ALL
    SELECT f.created_at, f.id
    FROM statuses s
    CROSS JOIN LATERAL (
        SELECT c.created_at, c.id FROM conversions c
        WHERE c.affiliate_id = @affiliate_id::text AND (c.status || '') COLLATE "C" = s.status
            AND (@offer_id::text IS NULL OR c.offer_id IS NOT DISTINCT FROM @offer_id::text)
            -- The index has the offer. The goal is looked up, so that the index alone is read where it does not filter.
            AND (@goal_id::text IS NULL OR EXISTS (
                SELECT FROM conversions f WHERE f.id = c.id AND f.goal_id IS NOT DISTINCT FROM @goal_id::text
            ))
            AND (c.created_at, c.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND c.created_at </*>=*/ @end_time::timestamptz
        ORDER BY c.created_at ASC/*DESC*/, c.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'affiliate'
    UNION ALL
    SELECT f.created_at, f.id
    FROM statuses s
    CROSS JOIN LATERAL (
        SELECT c.created_at, c.id FROM conversions c
        WHERE c.offer_id = @offer_id::text AND (c.status || '') COLLATE "C" = s.status
            AND (@goal_id::text IS NULL OR c.goal_id IS NOT DISTINCT FROM @goal_id::text)
            AND (c.created_at, c.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND c.created_at </*>=*/ @end_time::timestamptz
        ORDER BY c.created_at ASC/*DESC*/, c.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'offer'
    UNION ALL
    SELECT f.created_at, f.id
    FROM statuses s
    CROSS JOIN LATERAL (
        SELECT c.created_at, c.id FROM conversions c
        WHERE c.status COLLATE "C" = s.status
            AND (@goal_id::text IS NULL OR c.goal_id IS NOT DISTINCT FROM @goal_id::text)
            AND (c.created_at, c.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND c.created_at </*>=*/ @end_time::timestamptz
        ORDER BY c.created_at ASC/*DESC*/, c.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'all'
), page AS MATERIALIZED (
    SELECT * FROM found ORDER BY created_at ASC/*DESC*/, id ASC/*DESC*/ LIMIT @count::bigint
)
SELECT to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z/"') || c.id AS cursor,
    conversion_json(c, o.name, a.name, g.name) AS conversion
FROM page
CROSS JOIN LATERAL (SELECT * FROM conversions c WHERE c.id = page.id OFFSET 0) c
JOIN offers o ON o.id = c.offer_id
JOIN affiliates a ON a.id = c.affiliate_id
LEFT JOIN goals g ON g.offer_id = c.offer_id AND g.id = c.goal_id
ORDER BY page.created_at ASC/*DESC*/, page.id ASC/*DESC*/
