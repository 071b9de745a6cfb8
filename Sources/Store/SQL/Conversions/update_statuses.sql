-- Changes the status of a batch of conversions: judges each line under the row lock of its conversion, stores the changes, and
-- enqueues the deliveries that they fire. The result has one row for each line; of several lines for one conversion this call
-- judges only the first.
-- For amounts and the reason, null keeps the value and '' clears it. For a goal, null matches any and '' matches none.
-- @transitions are the allowed changes, such as 'pending>done'.
WITH input AS MATERIALIZED (
    SELECT i.*, m.id AS only_id, m.matches, row_number() OVER (PARTITION BY m.id ORDER BY i.line) AS turn
    FROM unnest(@conversion_ids::bigint[], @offer_ids::text[], @goal_ids::text[], @transaction_ids::text[], @click_ids::text[],
        @statuses::text[], @status_reasons::text[], @payouts::text[], @revenues::text[], @sale_amounts::text[],
        @expected_statuses::text[]) WITH ORDINALITY
        AS i(conversion_id, offer_id, goal_id, transaction_id, click_id,
            status, status_reason, payout, revenue, sale_amount,
            expected_status, line)
    CROSS JOIN LATERAL find_conversion(i.conversion_id, i.offer_id, i.goal_id, i.transaction_id, i.click_id) m
), locked AS MATERIALIZED (
    -- The row as it is once the lock is taken, which may be newer than this statement's snapshot.
    SELECT c.id, c.status, c AS stored FROM conversions c
    WHERE c.id IN (SELECT only_id FROM input WHERE matches = 1)
    ORDER BY c.id
    FOR UPDATE
), judged AS MATERIALIZED (
    SELECT i.*, l.id, l.stored, l.status AS previous_status,
        CASE
            -- A conversion that was found and cannot be locked was dropped in between (drop_history).
            WHEN i.matches = 0 OR i.matches = 1 AND l.id IS NULL THEN 'unknown'
            WHEN i.matches > 1 THEN 'ambiguous'
            WHEN i.turn > 1 THEN 'later'
            -- The caller may have sent it again after a lost answer; it is not known whether the amounts are still to be stored.
            WHEN i.expected_status <> l.status AND i.status = l.status THEN 'repeated'
            WHEN i.expected_status <> l.status THEN 'unexpected'
            WHEN i.status = l.status THEN 'unchanged'
            WHEN l.status || '>' || i.status = ANY (@transitions::text[]) THEN 'changed'
            ELSE 'forbidden'
        END AS verdict
    FROM input i LEFT JOIN locked l ON l.id = i.only_id AND i.matches = 1
), updated AS (
    UPDATE conversions c SET
        status = j.status,
        sequence = c.sequence + (j.verdict = 'changed')::int,
        status_reason = CASE WHEN j.status_reason IS NULL THEN c.status_reason ELSE nullif(j.status_reason, '') END,
        payout = CASE WHEN j.payout IS NULL THEN c.payout ELSE nullif(j.payout, '')::numeric END,
        revenue = CASE WHEN j.revenue IS NULL THEN c.revenue ELSE nullif(j.revenue, '')::numeric END,
        sale_amount = CASE WHEN j.sale_amount IS NULL THEN c.sale_amount ELSE nullif(j.sale_amount, '')::numeric END,
        updated_at = now()
    FROM judged j
    WHERE c.id = j.id
        AND (j.verdict = 'changed' OR j.verdict = 'unchanged'
            AND num_nonnulls(j.status_reason, j.payout, j.revenue, j.sale_amount) > 0)
    RETURNING c AS conversion, c.id, j.verdict, j.previous_status
), described AS MATERIALIZED (
    SELECT u.id, u.verdict, u.previous_status, u.conversion, o.goals_enabled,
        conversion_json(u.conversion, o.name, a.name, g.name) AS payload
    FROM updated u
    JOIN offers o ON o.id = (u.conversion).offer_id
    JOIN affiliates a ON a.id = (u.conversion).affiliate_id
    LEFT JOIN goals g ON g.offer_id = (u.conversion).offer_id AND g.id = (u.conversion).goal_id
), new_events AS (
    INSERT INTO events (conversion_id, sequence, status, previous_status, goals_enabled, aggregateid, type, payload)
    SELECT d.id, (d.conversion).sequence, (d.conversion).status, d.previous_status, d.goals_enabled, d.id::text,
        'conversion.' || (d.conversion).status, d.payload
    FROM described d
    WHERE d.verdict = 'changed'
    RETURNING id, conversion_id, sequence
), owed AS (
    -- The delivery becomes due behind earlier deliveries of the same conversion to the same destination, after @order_hold
    -- seconds at the latest.
    INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at, offer_id, affiliate_id)
    SELECT e.id, e.conversion_id, e.sequence, p.id, p.destination_id,
        CASE WHEN p.paused_at IS NULL THEN greatest(now(), (
            SELECT max(least(earlier.due_at,
                coalesce(earlier.hold_from, earlier.owed_at) + make_interval(secs => @order_hold::float8)))
            FROM outbox earlier
            WHERE earlier.conversion_id = e.conversion_id AND earlier.destination_id + 0 = p.destination_id
        )) ELSE 'infinity' END, (d.conversion).offer_id, (d.conversion).affiliate_id
    FROM new_events e
    JOIN described d ON d.id = e.conversion_id
    JOIN postbacks p ON fires(p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status, p.active, p.deleted_at,
        (d.conversion).offer_id, (d.conversion).affiliate_id, (d.conversion).goal_id, (d.conversion).status, d.goals_enabled)
    RETURNING id, conversion_id, postback_id
)
SELECT j.verdict, j.previous_status, j.id,
    coalesce(d.payload, (
        SELECT conversion_json(j.stored, o.name, a.name, g.name)
        FROM offers o
        JOIN affiliates a ON a.id = (j.stored).affiliate_id
        LEFT JOIN goals g ON g.offer_id = o.id AND g.id = (j.stored).goal_id
        WHERE o.id = (j.stored).offer_id AND j.verdict IN ('unchanged', 'repeated')
    )) AS conversion,
    w.deliveries
FROM judged j
LEFT JOIN described d ON d.id = j.id AND j.verdict IN ('changed', 'unchanged')
LEFT JOIN (
    SELECT conversion_id,
        json_strip_nulls(json_agg(json_build_object('id', id, 'postbackId', postback_id) ORDER BY id)) AS deliveries
    FROM owed GROUP BY conversion_id
) w ON w.conversion_id = j.id AND j.verdict = 'changed'
ORDER BY j.line
