-- Records a batch of conversions with their events and deliveries: one row for each line of input. If a conversion with the key
-- of a line exists already, the line is a repeat (R6): its row has no id and no unknown field.
WITH input AS MATERIALIZED (
    SELECT nextval('conversions_id_seq') AS id, i.*,
        coalesce(status, 'pending') AS first_status,
        o.name AS offer_name, o.goals_enabled, a.name AS affiliate_name, g.name AS goal_name,
        CASE
            WHEN o.id IS NULL THEN 'offerId'
            WHEN a.id IS NULL THEN 'affiliateId'
            WHEN i.goal_id IS NOT NULL AND g.id IS NULL THEN 'goalId'
        END AS unknown,
        k.click_known
    FROM unnest(@offer_ids::text[], @affiliate_ids::text[], @goal_ids::text[], @transaction_ids::text[], @click_ids::text[],
        @statuses::text[], @status_reasons::text[], @payouts::numeric[], @revenues::numeric[], @sale_amounts::numeric[],
        @currencies::text[], @ips::text[], @countries::text[], @user_agents::text[], @clicked_at::timestamptz[],
        @occurred_at::timestamptz[], @params::text[], @silent::boolean[]) WITH ORDINALITY
        AS i(offer_id, affiliate_id, goal_id, transaction_id, click_id,
            status, status_reason, payout, revenue, sale_amount,
            currency, ip, country, user_agent, clicked_at,
            occurred_at, params, silent, line)
    LEFT JOIN offers o ON o.id = i.offer_id
    LEFT JOIN affiliates a ON a.id = i.affiliate_id
    LEFT JOIN goals g ON g.offer_id = i.offer_id AND g.id = i.goal_id
    CROSS JOIN LATERAL click_known(i.offer_id, i.goal_id, i.transaction_id, i.click_id) k
), recorded AS (
    -- All batches insert in the order of the keys. So of two batches with the same keys one waits for the other, and they do not
    -- deadlock.
    INSERT INTO conversions AS c (id, offer_id, affiliate_id, goal_id, transaction_id, click_id, status, status_reason,
        payout, revenue, sale_amount, currency, ip, country, user_agent, clicked_at, occurred_at, params)
    SELECT id, offer_id, affiliate_id, goal_id, transaction_id, click_id, first_status, status_reason,
        payout, revenue, sale_amount, currency, ip, country, user_agent, clicked_at, coalesce(occurred_at, now()),
        params::json
    FROM input
    WHERE unknown IS NULL
    ORDER BY offer_id, transaction_id, CASE WHEN transaction_id IS NULL THEN click_id END, coalesce(goal_id, ''), line
    ON CONFLICT DO NOTHING
    RETURNING c AS conversion, c.id
), new_events AS (
    INSERT INTO events (conversion_id, sequence, status, silent, goals_enabled, aggregateid, type, payload)
    SELECT r.id, 1, i.first_status, i.silent, i.goals_enabled, r.id::text, 'conversion.' || i.first_status,
        conversion_json(r.conversion, i.offer_name, i.affiliate_name, i.goal_name)
    FROM recorded r JOIN input i ON i.id = r.id
    RETURNING id, conversion_id, payload
), owed AS (
    -- R16: a silent event owes nothing.
    INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at, offer_id, affiliate_id)
    SELECT e.id, e.conversion_id, 1, p.id, p.destination_id,
        CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END, i.offer_id, i.affiliate_id
    FROM new_events e
    JOIN input i ON i.id = e.conversion_id AND NOT i.silent
    JOIN postbacks p ON fires(p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status, p.active, p.deleted_at,
        i.offer_id, i.affiliate_id, i.goal_id, i.first_status, i.goals_enabled)
    RETURNING id, conversion_id, postback_id
)
SELECT i.unknown, i.click_known, r.id, e.payload AS conversion, d.deliveries
FROM input i
LEFT JOIN recorded r ON r.id = i.id
LEFT JOIN new_events e ON e.conversion_id = i.id
LEFT JOIN (
    SELECT conversion_id,
        json_strip_nulls(json_agg(json_build_object('id', id, 'postbackId', postback_id) ORDER BY id)) AS deliveries
    FROM owed GROUP BY conversion_id
) d ON d.conversion_id = i.id
ORDER BY i.line
