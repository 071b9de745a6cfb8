-- Tells for each event of a conversion (@conversion_id), and each postback for its offer or for every offer, whether the postback
-- fired, or else the first reason why not, by the state of the postback and the offer at that moment. A postback that got the
-- event by a backfill counts as fired. For one that fired it returns the delivery as it is now and its last attempt. "facts"
-- holds the values that the text of the reason needs.
-- Postbacks of other affiliates are only counted, unless @all asks for them. Without @every_offer or @every_affiliate the
-- postbacks for every offer or affiliate are left out; without the latter, none of other affiliates is counted, and no delivery
-- of a postback for every affiliate is named as the one that another waits for. @order_hold is the order hold in seconds.
WITH new_events AS MATERIALIZED (
    SELECT e.*, c.offer_id, c.affiliate_id, c.goal_id
    FROM events e JOIN conversions c ON c.id = e.conversion_id
    WHERE e.conversion_id = @conversion_id::bigint
), judged AS (
    SELECT e.id AS event_id, p.id AS postback_id, d.id AS delivery_id, d.state, d.waits_for, d.error_code,
        CASE
            WHEN d.id IS NOT NULL THEN 'fired'
            WHEN e.silent THEN 'silent'
            WHEN p.affiliate_id <> e.affiliate_id THEN 'affiliate'
            WHEN v.conversion_status <> e.status THEN 'status'
            WHEN goal_fires(v.goal_id, e.goal_id, e.goals_enabled) IS NOT TRUE THEN 'goal'
            WHEN NOT v.active THEN 'inactive'
            WHEN p.created_at > e.at THEN 'created_later'
            WHEN p.deleted_at <= e.at THEN 'deleted'
            ELSE 'created_later'
        END AS result,
        json_build_object('affiliateId', p.affiliate_id, 'conversionStatus', v.conversion_status, 'goalId', v.goal_id,
            'createdAt', rfc3339(p.created_at), 'deletedAt', rfc3339(p.deleted_at), 'pausedReason', p.paused_reason,
            'dueAt', rfc3339(d.due_at), 'finishedAt', rfc3339(d.finished_at), 'attempts', d.attempts,
            'responseStatus', t.response -> 'status', 'errorMessage', t.error ->> 'message') AS facts,
        coalesce(t.error ->> 'code', d.error_code) AS last_error
    FROM new_events e
    JOIN postbacks p ON coalesce(p.offer_id, '*') = ANY (ARRAY[e.offer_id, '*'])
        AND (@all::boolean OR coalesce(p.affiliate_id, e.affiliate_id) = e.affiliate_id)
        AND (@every_offer::boolean OR p.offer_id IS NOT NULL) AND (@every_affiliate::boolean OR p.affiliate_id IS NOT NULL)
    CROSS JOIN LATERAL (
        SELECT * FROM postback_versions v
        WHERE v.postback_id = p.id
        ORDER BY v.valid_from <= e.at DESC, CASE WHEN v.valid_from <= e.at THEN -v.version ELSE v.version END
        LIMIT 1
    ) v
    LEFT JOIN LATERAL (
        SELECT l.id, l.state, l.due_at, l.finished_at, l.error_code, l.attempts_before + l.attempts AS attempts, l.lease_no,
            CASE WHEN l.state IN ('owed', 'retrying') THEN (
                SELECT w.earlier FROM (SELECT waits_for(l.id, @order_hold::float8) AS earlier OFFSET 0) w
                WHERE @every_affiliate::boolean OR NOT EXISTS (
                    SELECT FROM outbox o JOIN postbacks q ON q.id = o.postback_id
                    WHERE o.id = (w.earlier ->> 'deliveryId')::bigint AND q.affiliate_id IS NULL)
            ) END AS waits_for
        FROM delivery_log l
        WHERE l.conversion_id = e.conversion_id AND l.event_id = e.id AND l.postback_id = p.id
    ) d ON true
    LEFT JOIN LATERAL (
        -- No attempt is made before the event; a clock may have been off by an hour.
        SELECT t.response, t.error FROM attempts t
        WHERE t.delivery_id = d.id AND d.lease_no > 0 AND t.at >= e.at - interval '1 hour'
        ORDER BY t.lease_no DESC
        LIMIT 1
    ) t ON true
)
SELECT
    (
        SELECT conversion_json(c, o.name, a.name, g.name)
        FROM conversions c
        JOIN offers o ON o.id = c.offer_id
        JOIN affiliates a ON a.id = c.affiliate_id
        LEFT JOIN goals g ON g.offer_id = c.offer_id AND g.id = c.goal_id
        WHERE c.id = @conversion_id::bigint
    ) AS conversion,
    (
        SELECT json_agg(json_build_object('event', event_json(e.id, e.sequence, e.status, e.previous_status, e.at),
            'goalsEnabled', e.goals_enabled, 'silent', e.silent,
            'postbacks', coalesce((
                SELECT json_agg(json_strip_nulls(json_build_object('postbackId', j.postback_id, 'result', j.result,
                    'deliveryId', j.delivery_id, 'state', j.state,
                    'error', CASE WHEN j.state <> 'delivered' THEN j.last_error END, 'waitsFor', j.waits_for,
                    'facts', j.facts)) ORDER BY j.postback_id)
                FROM judged j WHERE j.event_id = e.id
            ), '[]')) ORDER BY e.sequence)
        FROM new_events e
    ) AS events,
    (
        SELECT count(*) FROM conversions c JOIN postbacks p ON coalesce(p.offer_id, '*') = ANY (ARRAY[c.offer_id, '*'])
        WHERE c.id = @conversion_id::bigint AND NOT @all::boolean AND p.affiliate_id <> c.affiliate_id
            AND @every_affiliate::boolean AND (@every_offer::boolean OR p.offer_id IS NOT NULL)
    ) AS others
