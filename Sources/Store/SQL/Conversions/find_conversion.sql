-- Finds the conversion with an id (@conversion_id), or the one of an offer (@offer_id) with a tracker's id (@transaction_id or
-- @click_id). A null goal (@goal_id) matches any goal, '' matches only conversions without one. It also counts the matches, up to
-- two.
SELECT min(n.id) AS id, count(*) AS matches FROM (
    SELECT c.id FROM conversions c WHERE c.id = @conversion_id::bigint
    UNION ALL
    SELECT c.id FROM conversions c
    WHERE c.offer_id = @offer_id::text
        AND id_key(c.transaction_id) = id_key(@transaction_id::text) AND c.transaction_id = @transaction_id
        AND (@goal_id::text IS NULL OR coalesce(c.goal_id, '') = @goal_id)
    UNION ALL
    SELECT c.id FROM conversions c
    WHERE @transaction_id::text IS NULL AND c.offer_id = @offer_id::text
        AND id_key(c.click_id) = id_key(@click_id::text) AND c.click_id = @click_id
        AND (@goal_id::text IS NULL OR coalesce(c.goal_id, '') = @goal_id)
    LIMIT 2
) n
