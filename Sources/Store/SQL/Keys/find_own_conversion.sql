-- Finds the conversion with an id (@conversion_id), or the one of an offer (@offer_id) with a tracker's id (@transaction_id or
-- @click_id), among those that belong to an affiliate (@own_affiliate_id) and an offer (@own_offer_id); a null limit does not
-- limit. A null goal (@goal_id) matches any goal, '' matches only conversions without one. It also counts the matches, up to two.
SELECT min(n.id) AS id, count(*) AS matches
FROM (
    SELECT c.id FROM conversions c
    WHERE c.id = @conversion_id::bigint
        AND (@own_affiliate_id::text IS NULL OR c.affiliate_id = @own_affiliate_id)
        AND (@own_offer_id::text IS NULL OR c.offer_id = @own_offer_id)
    UNION ALL
    SELECT c.id FROM conversions_by_key(@offer_id::text, @transaction_id::text, @click_id::text) c
    WHERE (@goal_id::text IS NULL OR coalesce(c.goal_id, '') = @goal_id)
        AND (@own_affiliate_id::text IS NULL OR c.affiliate_id = @own_affiliate_id)
        AND (@own_offer_id::text IS NULL OR c.offer_id = @own_offer_id)
    LIMIT 2
) n
