-- Finds other active postbacks that fire on the same events: for each of the stored postbacks @postback_ids that is active, or,
-- if these are null, for a new one with @offer_id, @affiliate_id, @goal_id (null: any) and @conversion_status. It returns a row
-- for each postback that has some: at most 20 ids, the count, and goals_ignored: some differ only by their goal, and the offer's
-- goals are off.
-- At most 101 are looked up for one postback, so that a batch takes the same time however many overlap.
WITH asked AS MATERIALIZED (
    SELECT p.id, p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status,
        coalesce((SELECT NOT o.goals_enabled FROM offers o WHERE o.id = p.offer_id), false) AS goals_off
    FROM (
        SELECT p.id, p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status
        FROM unnest(@postback_ids::bigint[]) AS k(id)
        CROSS JOIN LATERAL (SELECT * FROM postbacks p WHERE p.id = k.id AND p.active OFFSET 0) p
        UNION ALL
        SELECT NULL, @offer_id::text, @affiliate_id::text, @goal_id::text, @conversion_status::text
        WHERE @postback_ids::bigint[] IS NULL
    ) p
), found AS (
    -- One branch for each kind of postback, so that each is looked up in an index of its own.
    SELECT p.id AS asked_id, other.id, other.goal_id <> p.goal_id AS is_of_other_goal
    FROM asked p
    CROSS JOIN LATERAL (
        SELECT other.id, other.goal_id
        FROM (VALUES ('*', p.affiliate_id), (p.offer_id, '*'), (p.offer_id, p.affiliate_id)) AS k(offer, affiliate)
        CROSS JOIN LATERAL (
            SELECT other.id, other.goal_id FROM postbacks other
            WHERE other.deleted_at IS NULL AND other.active
                AND coalesce(other.offer_id, '*') = k.offer AND coalesce(other.affiliate_id, '*') = k.affiliate
                AND other.conversion_status = p.conversion_status AND other.id IS DISTINCT FROM p.id
                AND (p.goal_id IS NULL OR goal_fires(other.goal_id, p.goal_id, NOT p.goals_off))
            LIMIT 101
        ) other
        LIMIT 101
    ) other
    WHERE p.offer_id IS NOT NULL AND p.affiliate_id IS NOT NULL
    UNION ALL
    SELECT p.id, other.id, other.goal_id <> p.goal_id
    FROM asked p
    CROSS JOIN LATERAL (
        SELECT other.id, other.goal_id
        FROM (VALUES ('*'), (p.offer_id)) AS k(offer)
        CROSS JOIN LATERAL (
            SELECT other.id, other.goal_id FROM postbacks other
            WHERE other.deleted_at IS NULL AND other.active
                AND coalesce(other.offer_id, '*') = k.offer
                AND other.conversion_status = p.conversion_status AND other.id IS DISTINCT FROM p.id
                AND (p.goal_id IS NULL OR goal_fires(other.goal_id, p.goal_id, NOT p.goals_off))
            LIMIT 101
        ) other
        LIMIT 101
    ) other
    WHERE p.offer_id IS NOT NULL AND p.affiliate_id IS NULL
    UNION ALL
    SELECT p.id, other.id, false
    FROM asked p
    CROSS JOIN LATERAL (
        SELECT other.id
        FROM (VALUES ('*'), (p.affiliate_id)) AS k(affiliate)
        CROSS JOIN LATERAL (
            SELECT other.id FROM postbacks other
            WHERE other.deleted_at IS NULL AND other.active
                AND coalesce(other.affiliate_id, '*') = k.affiliate
                AND other.conversion_status = p.conversion_status AND other.id IS DISTINCT FROM p.id
            LIMIT 101
        ) other
        LIMIT 101
    ) other
    WHERE p.offer_id IS NULL
)
SELECT asked_id, array_to_string((array_agg(id ORDER BY id))[1:20], ', ') AS ids, count(*) AS count,
    coalesce(bool_or(is_of_other_goal), false) AS goals_ignored
FROM found
GROUP BY asked_id
