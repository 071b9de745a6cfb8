-- The conversion with an id ($1), or of an offer ($2) with a transaction ($4) or a click ($5); a goal ($3) that is null is any, ''
-- is none. Says how many there are, two at the most.
SELECT min(n.id) AS id, count(*) AS matches FROM (
    SELECT c.id FROM conversions c WHERE c.id = $1::bigint
    UNION ALL
    SELECT c.id FROM conversions c
    WHERE c.offer_id = $2::text AND id_key(c.transaction_id) = id_key($4::text) AND c.transaction_id = $4
        AND ($3::text IS NULL OR coalesce(c.goal_id, '') = $3)
    UNION ALL
    SELECT c.id FROM conversions c
    WHERE $4::text IS NULL AND c.offer_id = $2::text AND id_key(c.click_id) = id_key($5::text) AND c.click_id = $5
        AND ($3::text IS NULL OR coalesce(c.goal_id, '') = $3)
    LIMIT 2
) n
