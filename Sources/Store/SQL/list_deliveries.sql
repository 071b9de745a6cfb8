-- Deliveries, owed and finished, from the oldest owed on, without their attempts; null does not filter. For the list from the newest
-- on, what stands in a comment directly behind a word takes its place.
-- $1 says by what they are found: 'delivery' ($2), 'conversion' ($3, $4 and $5), 'postback' ($6), 'affiliate' ($7), 'offer' ($8)
-- or 'all'; whatever else is given filters, and so does the state ($9). The page has $13 rows, behind one ($10, $11) and up to
-- a time ($12). $14 is the order's hold in seconds.
-- Each way has an index in the order of the list, for each state by itself. The others are not walked: their condition on $1
-- is looked at first, and what filters besides is written so that it leads to no other index: a planner that takes the filters for
-- independent would walk one in which what is asked for is far away. Of finished deliveries only the page's own rows are read.
WITH named AS MATERIALIZED (
    SELECT $3::bigint AS id WHERE $3::bigint IS NOT NULL
    UNION ALL
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id FROM conversions c
        WHERE c.offer_id = o.id AND id_key(c.transaction_id) = id_key($4::text) AND c.transaction_id = $4::text
        OFFSET 0
    ) c
    WHERE $3::bigint IS NULL AND $4::text IS NOT NULL AND ($8::text IS NULL OR o.id = $8::text)
    UNION ALL
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id FROM conversions c
        WHERE c.offer_id = o.id AND id_key(c.click_id) = id_key($5::text) AND c.click_id = $5::text
        OFFSET 0
    ) c
    WHERE $3::bigint IS NULL AND $4::text IS NULL AND $5::text IS NOT NULL AND ($8::text IS NULL OR o.id = $8::text)
), few AS MATERIALIZED (
    SELECT l.* FROM delivery_log l WHERE $1::text = 'delivery' AND l.id = $2::bigint
    UNION ALL
    SELECT l.*
    FROM named n
    CROSS JOIN LATERAL (SELECT * FROM delivery_log l WHERE l.conversion_id = n.id OFFSET 0) l
    WHERE $1::text = 'conversion'
), finished(state) AS MATERIALIZED (
    SELECT s.state FROM unnest(ARRAY['delivered', 'failed', 'dead', 'skipped', 'cancelled']) AS s(state)
    WHERE $9::text IS NULL OR s.state = $9::text
), found AS (
    SELECT l.owed_at, l.id, l.is_owed FROM few l
    WHERE ($6::bigint IS NULL OR l.postback_id = $6::bigint)
        AND ($7::text IS NULL OR l.affiliate_id = $7::text)
        AND ($8::text IS NULL OR l.offer_id = $8::text)
        AND ($9::text IS NULL OR l.state = $9::text)
        AND (l.owed_at, l.id) >/*<*/ ($10::timestamptz, $11::bigint)
        AND l.owed_at </*>=*/ $12::timestamptz
        AND ($3::bigint IS NULL OR l.conversion_id = $3::bigint)
        AND ($4::text IS NULL OR $4::text = (SELECT c.transaction_id FROM conversions c WHERE c.id = l.conversion_id))
        AND ($5::text IS NULL OR $5::text = (SELECT c.click_id FROM conversions c WHERE c.id = l.conversion_id))
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.postback_id = $6::bigint AND d.state COLLATE "C" = s.state
            AND ($7::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM $7::text)
            AND ($8::text IS NULL OR d.offer_id IS NOT DISTINCT FROM $8::text)
            AND (d.owed_at, d.id) >/*<*/ ($10::timestamptz, $11::bigint)
            AND d.owed_at </*>=*/ $12::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT $13::bigint
    ) f
    WHERE $1::text = 'postback'
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.affiliate_id = $7::text AND d.state COLLATE "C" = s.state
            AND ($8::text IS NULL OR d.offer_id IS NOT DISTINCT FROM $8::text)
            AND (d.owed_at, d.id) >/*<*/ ($10::timestamptz, $11::bigint)
            AND d.owed_at </*>=*/ $12::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT $13::bigint
    ) f
    WHERE $1::text = 'affiliate'
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.offer_id = $8::text AND d.state COLLATE "C" = s.state
            AND (d.owed_at, d.id) >/*<*/ ($10::timestamptz, $11::bigint)
            AND d.owed_at </*>=*/ $12::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT $13::bigint
    ) f
    WHERE $1::text = 'offer'
    UNION ALL
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE (d.state || '') COLLATE "C" = s.state
            AND (d.owed_at, d.id) >/*<*/ ($10::timestamptz, $11::bigint)
            AND d.owed_at </*>=*/ $12::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT $13::bigint
    ) f
    WHERE $1::text = 'all'
    UNION ALL
    -- What is owed has no index for each filter: it is walked in the list's order.
    SELECT w.owed_at, w.id, true
    FROM (
        SELECT o.owed_at, o.id FROM outbox o
        WHERE ($6::bigint IS NULL OR o.postback_id = $6::bigint)
            AND ($7::text IS NULL OR $7::text = coalesce(o.affiliate_id,
                (SELECT c.affiliate_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND ($8::text IS NULL OR $8::text = coalesce(o.offer_id,
                (SELECT c.offer_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND ($9::text IS NULL OR $9::text = (
                SELECT owed_state(o.lease_until, p.paused_at, o.attempt) FROM postbacks p WHERE p.id = o.postback_id))
            AND (o.owed_at, o.id) >/*<*/ ($10::timestamptz, $11::bigint)
            AND o.owed_at </*>=*/ $12::timestamptz
        ORDER BY o.owed_at ASC/*DESC*/, o.id ASC/*DESC*/
        LIMIT $13::bigint
    ) w
    WHERE $1::text NOT IN ('delivery', 'conversion')
        AND ($9::text IS NULL OR $9::text IN ('owed', 'retrying', 'in_flight', 'held'))
), page AS MATERIALIZED (
    SELECT * FROM found ORDER BY owed_at ASC/*DESC*/, id ASC/*DESC*/ LIMIT $13::bigint
), listed AS MATERIALIZED (
    SELECT f.id, f.state, f.postback_id, f.conversion_id, f.offer_id, f.affiliate_id, f.event_id, f.sequence, f.destination_id,
        NULL::text AS destination, f.attempts, f.attempts_before, f.lease_no, f.owed_at, NULL::timestamptz AS due_at, f.finished_at, false AS is_owed
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
    -- An object of JSON; json_build_object takes longer than all the rest, for it asks of each value of each row of which type it is.
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
            WHEN l.is_owed AND l.sequence > 1 AND l.state IN ('owed', 'retrying') THEN waits_for(l.id, $14::float8)
        END::text, 'null'),
        '}') AS delivery,
    l.attempts_before + l.attempts AS attempts,
    -- Between when its attempts are, in seconds since 1970; null where nobody has leased it. What had more leases than attempts may
    -- have been resent by a program that set owed_at anew. A clock may have been off by an hour.
    CASE WHEN l.lease_no > 0 THEN
        floor(date_part('epoch', CASE WHEN l.lease_no > l.attempts THEN least(e.at, l.owed_at) ELSE l.owed_at END))::bigint - 3600
    END AS tried_from,
    CASE WHEN l.lease_no > 0 THEN ceil(date_part('epoch', coalesce(l.finished_at, now())))::bigint + 3600 END AS tried_until
FROM listed l
-- A cursor has the microseconds; all else shows the milliseconds.
CROSS JOIN LATERAL (SELECT to_char(l.owed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS owed_at OFFSET 0) t
LEFT JOIN destinations d ON d.id = l.destination_id
LEFT JOIN LATERAL (SELECT e.status, e.at FROM events e WHERE e.id = l.event_id OFFSET 0) e ON true
ORDER BY l.owed_at ASC/*DESC*/, l.id ASC/*DESC*/
