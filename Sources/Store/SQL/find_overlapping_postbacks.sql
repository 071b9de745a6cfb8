-- Other active postbacks that fire on events on which one fires too: on those of the postback $1, if it is active, or else of
-- one that would have the offer $2, affiliate $3, goal $4 (null: any) and status $5. At most 20 ids, and how many there are;
-- goals_ignored: some differ by their goals alone, which the offer's goals, being off, do not tell apart.
WITH asked AS (
    SELECT p.id, p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status FROM postbacks p
    WHERE p.id = $1::bigint AND p.active
    UNION ALL
    SELECT NULL, $2::text, $3::text, $4::text, $5::text WHERE $1::bigint IS NULL
), alike AS (
    -- These three as the index postbacks_matching has them: one for each kind of postback.
    SELECT other.id, other.goal_id, other.active
    FROM asked p JOIN postbacks other
        ON other.deleted_at IS NULL
        AND coalesce(other.offer_id, '*') IN ('*', p.offer_id)
        AND coalesce(other.affiliate_id, '*') IN ('*', p.affiliate_id)
        AND other.conversion_status = p.conversion_status
    WHERE p.offer_id IS NOT NULL AND p.affiliate_id IS NOT NULL
    UNION ALL
    SELECT other.id, other.goal_id, other.active
    FROM asked p JOIN postbacks other
        ON other.deleted_at IS NULL
        AND coalesce(other.offer_id, '*') IN ('*', p.offer_id)
        AND other.conversion_status = p.conversion_status
    WHERE p.offer_id IS NOT NULL AND p.affiliate_id IS NULL
    UNION ALL
    SELECT other.id, other.goal_id, other.active
    FROM asked p JOIN postbacks other
        ON other.deleted_at IS NULL
        AND coalesce(other.affiliate_id, '*') IN ('*', p.affiliate_id)
        AND other.conversion_status = p.conversion_status
    WHERE p.offer_id IS NULL
), found AS (
    SELECT other.id, other.goal_id <> p.goal_id AS is_of_other_goal
    FROM asked p JOIN alike other
        ON other.active
        AND other.id IS DISTINCT FROM p.id
        AND (other.goal_id IS NULL OR p.goal_id IS NULL OR other.goal_id = p.goal_id
            OR EXISTS (SELECT FROM offers o WHERE o.id = p.offer_id AND NOT o.goals_enabled))
)
SELECT array_to_string((array_agg(id ORDER BY id))[1:20], ', ') AS ids, count(*) AS count,
    coalesce(bool_or(is_of_other_goal), false) AS goals_ignored
FROM found
