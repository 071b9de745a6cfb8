-- For each event of a conversion ($1) and each postback that names its offer, or every offer: whether it fired, and else
-- the first reason why not, by what the postback and the offer said at that moment. A postback that was backfilled fired.
WITH happened AS MATERIALIZED (
    SELECT e.*, c.offer_id, c.affiliate_id, c.goal_id
    FROM events e JOIN conversions c ON c.id = e.conversion_id
    WHERE e.conversion_id = $1::bigint
), judged AS (
    SELECT e.id AS event_id, p.id AS postback_id, d.id AS delivery_id, d.state,
        CASE
            WHEN d.id IS NOT NULL THEN 'fired'
            WHEN e.silent THEN 'silent'
            WHEN p.affiliate_id <> e.affiliate_id THEN 'affiliate'
            WHEN v.conversion_status <> e.status THEN 'status'
            WHEN e.goals_enabled AND v.goal_id IS NOT NULL AND v.goal_id IS DISTINCT FROM e.goal_id THEN 'goal'
            WHEN NOT v.active THEN 'inactive'
            WHEN p.created_at > e.at THEN 'created_later'
            WHEN p.deleted_at <= e.at THEN 'deleted'
            ELSE 'created_later'
        END AS result
    FROM happened e
    JOIN postbacks p ON coalesce(p.offer_id, e.offer_id) = e.offer_id
    CROSS JOIN LATERAL (
        SELECT * FROM postback_versions v
        WHERE v.postback_id = p.id
        ORDER BY v.valid_from <= e.at DESC, CASE WHEN v.valid_from <= e.at THEN -v.version ELSE v.version END
        LIMIT 1
    ) v
    LEFT JOIN LATERAL (
        SELECT l.id, l.state FROM delivery_log l
        WHERE l.conversion_id = e.conversion_id AND l.event_id = e.id AND l.postback_id = p.id
    ) d ON true
)
SELECT
    (
        SELECT conversion_json(c, o.name, a.name, g.name)
        FROM conversions c
        JOIN offers o ON o.id = c.offer_id
        JOIN affiliates a ON a.id = c.affiliate_id
        LEFT JOIN goals g ON g.offer_id = c.offer_id AND g.id = c.goal_id
        WHERE c.id = $1::bigint
    ) AS conversion,
    (
        SELECT json_agg(json_build_object('id', e.id, 'sequence', e.sequence, 'status', e.status,
            'previousStatus', e.previous_status, 'at', rfc3339(e.at), 'goalsEnabled', e.goals_enabled,
            'silent', e.silent,
            'postbacks', coalesce((
                SELECT json_agg(json_strip_nulls(json_build_object('postbackId', j.postback_id, 'result', j.result,
                    'deliveryId', j.delivery_id, 'state', j.state)) ORDER BY j.postback_id)
                FROM judged j WHERE j.event_id = e.id
            ), '[]')) ORDER BY e.sequence)
        FROM happened e
    ) AS events
