-- The conversion with an id (@conversion_id), or of an offer (@offer_id) with a tracker's id (@transaction_id or @click_id). A
-- goal (@goal_id) that is null is any, '' is none. Says how many there are, two at the most.
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
