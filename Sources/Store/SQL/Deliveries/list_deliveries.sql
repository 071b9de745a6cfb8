-- Lists deliveries, owed and finished, from the oldest owed on, without their attempts; a null filter is not applied. For the
-- list from the newest on, a comment directly behind a word replaces that word.
-- @lookup says how they are found: 'delivery' (@delivery_id), 'conversion' (@conversion_id, @transaction_id and @click_id),
-- 'postback' (@postback_id), 'affiliate' (@affiliate_id), 'offer' (@offer_id) or 'all'; all other arguments filter, and so does
-- the state (@state). The page has @count rows, behind a place (@after_time, @after_id) and up to a time (@end_time). @order_hold
-- is the order hold in seconds.
-- Each way has an index in the order of the list, for each state separately. The branches of the other ways are not executed:
-- their condition on @lookup is checked first. The filters are written so that the planner cannot use another index for them: it
-- assumes that filters are independent, and would walk an index in which the wanted rows are far away. Of finished deliveries
-- only the rows of the page are read.
WITH named AS MATERIALIZED (
    SELECT @conversion_id::bigint AS id WHERE @conversion_id::bigint IS NOT NULL
    UNION ALL
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (SELECT c.id FROM conversions_by_key(o.id, @transaction_id::text, @click_id::text) c OFFSET 0) c
    WHERE @conversion_id::bigint IS NULL AND num_nonnulls(@transaction_id::text, @click_id::text) > 0
        AND (@offer_id::text IS NULL OR o.id = @offer_id::text)
), few AS MATERIALIZED (
    SELECT l.* FROM delivery_log l WHERE @lookup::text = 'delivery' AND l.id = @delivery_id::bigint
    UNION ALL
    SELECT l.*
    FROM named n
    CROSS JOIN LATERAL (SELECT * FROM delivery_log l WHERE l.conversion_id = n.id OFFSET 0) l
    WHERE @lookup::text = 'conversion'
), finished(state) AS MATERIALIZED (
    SELECT s.state FROM unnest(ARRAY['delivered', 'failed', 'dead', 'skipped', 'cancelled']) AS s(state)
    WHERE @state::text IS NULL OR s.state = @state::text
), found AS (
    SELECT l.owed_at, l.id, l.is_owed FROM few l
    WHERE (@postback_id::bigint IS NULL OR l.postback_id = @postback_id::bigint)
        AND (@affiliate_id::text IS NULL OR l.affiliate_id = @affiliate_id::text)
        AND (@offer_id::text IS NULL OR l.offer_id = @offer_id::text)
        AND (@state::text IS NULL OR l.state = @state::text)
        AND (l.owed_at, l.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
        AND l.owed_at </*>=*/ @end_time::timestamptz
        AND (@conversion_id::bigint IS NULL OR l.conversion_id = @conversion_id::bigint)
        AND (@transaction_id::text IS NULL
            OR @transaction_id::text = (SELECT c.transaction_id FROM conversions c WHERE c.id = l.conversion_id))
        AND (@click_id::text IS NULL OR @click_id::text = (SELECT c.click_id FROM conversions c WHERE c.id = l.conversion_id))
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.postback_id = @postback_id::bigint AND d.state COLLATE "C" = s.state
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'postback'
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.affiliate_id = @affiliate_id::text AND d.state COLLATE "C" = s.state
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'affiliate'
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.offer_id = @offer_id::text AND d.state COLLATE "C" = s.state
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'offer'
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE (d.state || '') COLLATE "C" = s.state
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text = 'all'
    UNION ALL
    -- The outbox has no index for each filter: it is walked in the order of the list.
    SELECT w.owed_at, w.id, true
    FROM (
        SELECT o.owed_at, o.id FROM outbox o
        WHERE (@postback_id::bigint IS NULL OR o.postback_id = @postback_id::bigint)
            AND (@affiliate_id::text IS NULL OR @affiliate_id::text = coalesce(o.affiliate_id,
                (SELECT c.affiliate_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND (@offer_id::text IS NULL OR @offer_id::text = coalesce(o.offer_id,
                (SELECT c.offer_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND (@state::text IS NULL OR @state::text = (
                SELECT owed_state(o.lease_until, p.paused_at, o.attempt) FROM postbacks p WHERE p.id = o.postback_id))
            AND (o.owed_at, o.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND o.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY o.owed_at ASC/*DESC*/, o.id ASC/*DESC*/
        LIMIT @count::bigint
    ) w
    WHERE @lookup::text NOT IN ('delivery', 'conversion')
        AND (@state::text IS NULL OR @state::text IN ('owed', 'retrying', 'in_flight', 'held'))
), page AS MATERIALIZED (
    SELECT * FROM found ORDER BY owed_at ASC/*DESC*/, id ASC/*DESC*/ LIMIT @count::bigint
), listed AS MATERIALIZED (
    SELECT f.id, f.state, f.postback_id, f.conversion_id, f.offer_id, f.affiliate_id, f.event_id, f.sequence, f.destination_id,
        NULL::text AS destination, f.attempts, f.attempts_before, f.lease_no, f.owed_at, NULL::timestamptz AS due_at,
        f.finished_at, false AS is_owed
    FROM page
    CROSS JOIN LATERAL (SELECT * FROM deliveries f WHERE f.id = page.id OFFSET 0) f
    WHERE NOT page.is_owed
    UNION ALL
    SELECT l.id, l.state, l.postback_id, l.conversion_id, l.offer_id, l.affiliate_id, l.event_id, l.sequence, NULL, l.destination,
        l.attempts, l.attempts_before, l.lease_no, l.owed_at, l.due_at, NULL, true
    FROM page
    CROSS JOIN LATERAL (SELECT * FROM delivery_log l WHERE l.id = page.id AND l.is_owed OFFSET 0) l
    WHERE page.is_owed
)
SELECT concat(t.owed_at, '/', l.id) AS cursor,
    l.id,
    -- This is a JSON object. json_build_object takes longer than all the rest, because it looks up the type of each value in each
    -- row.
    concat(
        '{"id":', l.id, ',"state":"', l.state, '","postbackId":', l.postback_id, ',"conversionId":', l.conversion_id,
        ',"offerId":', coalesce(to_json(l.offer_id)::text, 'null'),
        ',"affiliateId":', coalesce(to_json(l.affiliate_id)::text, 'null'),
        ',"eventId":', l.event_id, ',"sequence":', l.sequence, ',"status":', coalesce('"' || e.status || '"', 'null'),
        ',"destination":', coalesce(to_json(coalesce(l.destination, d.origin))::text, 'null'),
        ',"owedAt":"', left(t.owed_at, 23), 'Z"',
        ',"dueAt":', coalesce('"' || rfc3339(l.due_at) || '"', 'null'),
        ',"finishedAt":', coalesce('"' || rfc3339(l.finished_at) || '"', 'null'),
        ',"waitsFor":', coalesce(CASE
            WHEN l.is_owed AND l.sequence > 1 AND l.state IN ('owed', 'retrying') THEN waits_for(l.id, @order_hold::float8)
        END::text, 'null'),
        '}') AS delivery,
    l.attempts_before + l.attempts AS attempts,
    -- The range of times of its attempts, in seconds since 1970; null if it was never leased. A delivery with more leases than
    -- attempts may have been resent by an earlier version that reset owed_at. A clock may have been off by an hour.
    CASE WHEN l.lease_no > 0 THEN
        floor(date_part('epoch', CASE WHEN l.lease_no > l.attempts THEN least(e.at, l.owed_at) ELSE l.owed_at END))::bigint - 3600
    END AS tried_from,
    CASE WHEN l.lease_no > 0 THEN ceil(date_part('epoch', coalesce(l.finished_at, now())))::bigint + 3600 END AS tried_until
FROM listed l
-- A cursor has microseconds; everything else shows milliseconds.
CROSS JOIN LATERAL (SELECT to_char(l.owed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS owed_at OFFSET 0) t
LEFT JOIN destinations d ON d.id = l.destination_id
LEFT JOIN LATERAL (SELECT e.status, e.at FROM events e WHERE e.id = l.event_id OFFSET 0) e ON true
ORDER BY l.owed_at ASC/*DESC*/, l.id ASC/*DESC*/
