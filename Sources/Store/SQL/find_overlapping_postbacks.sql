-- Other active postbacks that fire on events on which this one fires too.
SELECT string_agg(other.id::text, ', ' ORDER BY other.id) AS ids
FROM postbacks p JOIN postbacks other
    ON other.id <> p.id
    AND other.deleted_at IS NULL
    AND other.active
    AND other.conversion_status = p.conversion_status
    AND (other.offer_id IS NULL OR p.offer_id IS NULL OR other.offer_id = p.offer_id)
    AND (other.affiliate_id IS NULL OR p.affiliate_id IS NULL OR other.affiliate_id = p.affiliate_id)
    AND (other.goal_id IS NULL OR p.goal_id IS NULL OR other.goal_id = p.goal_id)
WHERE p.id = $1::bigint AND p.active
