-- Lists deliveries, owed and finished, from the oldest owed on, without their attempts; a null filter is not applied. For the
-- list from the newest on, a comment directly behind a word replaces that word. @lookup says how they are found: 'delivery'
-- (@delivery_id), 'conversion' (@conversion_id, @transaction_id and @click_id), 'postback' (@postback_id), 'destination'
-- (@origins, a list of origins), 'affiliate' (@affiliate_id), 'offer' (@offer_id), 'status' (of the answer to the last attempt,
-- from @status_from to @status_until), 'error' (@error_code, of the last attempt) or 'all'; all other arguments filter, and so
-- does the state (@state). Without @every_affiliate no delivery of a postback for every affiliate (the CTE network) is listed,
-- and none is named as the one that another waits for. The page has @count rows, behind a place (@after_time, @after_id) and up
-- to a time (@end_time). @order_hold is the order hold in seconds. Each way has an index in the order of the list, for each state
-- separately, and a branch behind a line `-- Branch:`. A statement has only the branches that its filters need, because planning
-- all of them takes longer than reading a page. The filters are written so that the planner cannot use another index for them: it
-- assumes that filters are independent, and would walk an index in which the wanted rows are far away. Of finished deliveries
-- only the rows of the page are read. The branches whose index contains the other ids too read the row of a delivery only to
-- filter by its last attempt. Without such a filter they read the index alone. Nearly all finished deliveries were delivered,
-- without an error and with status 200. A search for an error or another status therefore finds the delivered ones by that, in an
-- index with the other ids. The others are few, and have indexes by @lookup that contain status and error.
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
), led_to AS MATERIALIZED (
    SELECT d.id FROM destinations d WHERE d.origin = ANY (@origins::text[])
), network AS MATERIALIZED (
    SELECT p.id FROM postbacks p WHERE p.affiliate_id IS NULL AND NOT @every_affiliate::boolean
), paused AS MATERIALIZED (
    SELECT p.id FROM postbacks p WHERE p.paused_at IS NOT NULL
), finished(state, lookup) AS MATERIALIZED (
    SELECT s.state,
        CASE
            WHEN s.state <> 'delivered' AND num_nonnulls(@status_from::int, @error_code::text) > 0
                AND @lookup::text IN ('postback', 'destination', 'affiliate', 'offer') THEN @lookup::text || ' undelivered'
            WHEN s.state <> 'delivered' THEN @lookup::text
            WHEN @error_code::text IS NOT NULL THEN 'error'
            WHEN @status_from::int <> 200 THEN 'other status'
            ELSE @lookup::text
        END
    FROM unnest(ARRAY['delivered', 'failed', 'dead', 'skipped', 'cancelled']) AS s(state)
    WHERE (@state::text IS NULL OR s.state = @state::text) AND @lookup::text NOT IN ('delivery', 'conversion')
), found(owed_at, id, is_owed) AS (
    -- Branch: few
    SELECT l.owed_at, l.id, l.is_owed FROM few l
    WHERE (@postback_id::bigint IS NULL OR l.postback_id = @postback_id::bigint)
        AND (@affiliate_id::text IS NULL OR l.affiliate_id = @affiliate_id::text)
        AND (@offer_id::text IS NULL OR l.offer_id = @offer_id::text)
        AND (@state::text IS NULL OR l.state = @state::text)
        AND (@origins::text[] IS NULL OR l.destination = ANY (@origins::text[]))
        AND (@status_from::int IS NULL OR l.http_status BETWEEN @status_from::int AND @status_until::int)
        AND (@error_code::text IS NULL OR l.error_code = @error_code::text)
        AND (@every_affiliate::boolean OR l.postback_id NOT IN (SELECT id FROM network))
        AND (l.owed_at, l.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
        AND l.owed_at </*>=*/ @end_time::timestamptz
        AND (@conversion_id::bigint IS NULL OR l.conversion_id = @conversion_id::bigint)
        AND (@transaction_id::text IS NULL
            OR @transaction_id::text = (SELECT c.transaction_id FROM conversions c WHERE c.id = l.conversion_id))
        AND (@click_id::text IS NULL OR @click_id::text = (SELECT c.click_id FROM conversions c WHERE c.id = l.conversion_id))
    UNION ALL
    -- Branch: postback
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.postback_id = @postback_id::bigint AND d.state COLLATE "C" = s.state
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@every_affiliate::boolean AND num_nonnulls(@origins::text[], @status_from::int, @error_code::text) = 0 OR (
                SELECT (@origins::text[] IS NULL OR a.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
                    AND (@status_from::int IS NULL OR a.http_status BETWEEN @status_from::int AND @status_until::int)
                    AND (@error_code::text IS NULL OR a.error_code = @error_code::text)
                    AND (@every_affiliate::boolean OR a.postback_id NOT IN (SELECT id FROM network))
                FROM deliveries a WHERE a.id = d.id
            ))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'postback'
    UNION ALL
    -- Branch: destination
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN led_to
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.destination_id = led_to.id AND d.state COLLATE "C" = s.state
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@every_affiliate::boolean AND num_nonnulls(@status_from::int, @error_code::text) = 0 OR (
                SELECT (@status_from::int IS NULL OR a.http_status BETWEEN @status_from::int AND @status_until::int)
                    AND (@error_code::text IS NULL OR a.error_code = @error_code::text)
                    AND (@every_affiliate::boolean OR a.postback_id NOT IN (SELECT id FROM network))
                FROM deliveries a WHERE a.id = d.id
            ))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'destination'
    UNION ALL
    -- Branch: affiliate
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.affiliate_id = @affiliate_id::text AND d.state COLLATE "C" = s.state
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@every_affiliate::boolean AND num_nonnulls(@status_from::int, @error_code::text) = 0 OR (
                SELECT (@status_from::int IS NULL OR a.http_status BETWEEN @status_from::int AND @status_until::int)
                    AND (@error_code::text IS NULL OR a.error_code = @error_code::text)
                    AND (@every_affiliate::boolean OR a.postback_id NOT IN (SELECT id FROM network))
                FROM deliveries a WHERE a.id = d.id
            ))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'affiliate'
    UNION ALL
    -- Branch: offer
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.offer_id = @offer_id::text AND d.state COLLATE "C" = s.state
            AND (@every_affiliate::boolean AND num_nonnulls(@status_from::int, @error_code::text) = 0 OR (
                SELECT (@status_from::int IS NULL OR a.http_status BETWEEN @status_from::int AND @status_until::int)
                    AND (@error_code::text IS NULL OR a.error_code = @error_code::text)
                    AND (@every_affiliate::boolean OR a.postback_id NOT IN (SELECT id FROM network))
                FROM deliveries a WHERE a.id = d.id
            ))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'offer'
    UNION ALL
    -- Branch: postback undelivered
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.postback_id = @postback_id::bigint AND d.state COLLATE "C" = s.state AND d.state <> 'delivered'
            AND (@origins::text[] IS NULL OR d.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@status_from::int IS NULL OR d.http_status BETWEEN @status_from::int AND @status_until::int)
            AND (@error_code::text IS NULL OR d.error_code = @error_code::text)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'postback undelivered'
    UNION ALL
    -- Branch: destination undelivered
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN led_to
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.destination_id = led_to.id AND d.state COLLATE "C" = s.state AND d.state <> 'delivered'
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@status_from::int IS NULL OR d.http_status BETWEEN @status_from::int AND @status_until::int)
            AND (@error_code::text IS NULL OR d.error_code = @error_code::text)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'destination undelivered'
    UNION ALL
    -- Branch: affiliate undelivered
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.affiliate_id = @affiliate_id::text AND d.state COLLATE "C" = s.state AND d.state <> 'delivered'
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@status_from::int IS NULL OR d.http_status BETWEEN @status_from::int AND @status_until::int)
            AND (@error_code::text IS NULL OR d.error_code = @error_code::text)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'affiliate undelivered'
    UNION ALL
    -- Branch: offer undelivered
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.offer_id = @offer_id::text AND d.state COLLATE "C" = s.state AND d.state <> 'delivered'
            AND (@status_from::int IS NULL OR d.http_status BETWEEN @status_from::int AND @status_until::int)
            AND (@error_code::text IS NULL OR d.error_code = @error_code::text)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'offer undelivered'
    UNION ALL
    -- Branch: status
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN generate_series(@status_from::int, @status_until::int) AS wanted(status)
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.http_status = wanted.status AND d.state COLLATE "C" = s.state
            AND (d.http_status = 200 OR d.state <> 'delivered')
            AND (@postback_id::bigint IS NULL OR d.postback_id IS NOT DISTINCT FROM @postback_id::bigint)
            AND (@origins::text[] IS NULL OR d.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@error_code::text IS NULL OR d.error_code = @error_code::text)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'status'
    UNION ALL
    -- Branch: other status
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN generate_series(@status_from::int, @status_until::int) AS wanted(status)
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.http_status = wanted.status AND d.http_status <> 200 AND d.state = 'delivered'
            AND (@postback_id::bigint IS NULL OR d.postback_id IS NOT DISTINCT FROM @postback_id::bigint)
            AND (@origins::text[] IS NULL OR d.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.state = 'delivered' AND s.lookup IN ('status', 'other status')
    UNION ALL
    -- Branch: error
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE d.error_code COLLATE "C" = @error_code::text AND d.error_code IS NOT NULL AND d.state COLLATE "C" = s.state
            AND (@postback_id::bigint IS NULL OR d.postback_id IS NOT DISTINCT FROM @postback_id::bigint)
            AND (@origins::text[] IS NULL OR d.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
            AND (@affiliate_id::text IS NULL OR d.affiliate_id IS NOT DISTINCT FROM @affiliate_id::text)
            AND (@offer_id::text IS NULL OR d.offer_id IS NOT DISTINCT FROM @offer_id::text)
            AND (@status_from::int IS NULL OR d.http_status BETWEEN @status_from::int AND @status_until::int)
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'error'
    UNION ALL
    -- Branch: all
    SELECT f.owed_at, f.id, false
    FROM finished s
    CROSS JOIN LATERAL (
        SELECT d.owed_at, d.id FROM deliveries d
        WHERE (d.state || '') COLLATE "C" = s.state
            AND (@every_affiliate::boolean OR d.postback_id NOT IN (SELECT id FROM network))
            AND (d.owed_at, d.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND d.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY d.owed_at ASC/*DESC*/, d.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE s.lookup = 'all'
    UNION ALL
    -- Branch: tried
    -- The index outbox_tried has the deliveries that are owed after an attempt, in one part for each pair of error and status
    -- that exists. One look at it finds the next pair.
    SELECT f.owed_at, f.id, true
    FROM (
        WITH RECURSIVE last_answer(error, status) AS (
            (
                SELECT coalesce(o.last_error, '') COLLATE "C", coalesce(o.last_status, 0) FROM outbox o
                WHERE o.last_error IS NOT NULL OR o.last_status IS NOT NULL OR o.attempt > 0
                ORDER BY 1, 2 LIMIT 1
            )
            UNION ALL
            SELECT next.error, next.status
            FROM last_answer l
            CROSS JOIN LATERAL (
                SELECT coalesce(o.last_error, '') COLLATE "C" AS error, coalesce(o.last_status, 0) AS status FROM outbox o
                WHERE (coalesce(o.last_error, '') COLLATE "C", coalesce(o.last_status, 0)) > (l.error, l.status)
                    AND (o.last_error IS NOT NULL OR o.last_status IS NOT NULL OR o.attempt > 0)
                ORDER BY 1, 2 LIMIT 1
            ) next
        )
        SELECT l.error, l.status FROM last_answer l
        WHERE (@error_code::text IS NULL OR l.error = @error_code::text)
            AND (@status_from::int IS NULL OR l.status BETWEEN @status_from::int AND @status_until::int)
    ) wanted
    CROSS JOIN LATERAL (
        SELECT o.owed_at, o.id FROM outbox o
        WHERE coalesce(o.last_error, '') COLLATE "C" = wanted.error AND coalesce(o.last_status, 0) = wanted.status
            AND (o.last_error IS NOT NULL OR o.last_status IS NOT NULL OR o.attempt > 0)
            AND (@postback_id::bigint IS NULL OR o.postback_id = @postback_id::bigint)
            AND (@affiliate_id::text IS NULL OR @affiliate_id::text = coalesce(o.affiliate_id,
                (SELECT c.affiliate_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND (@offer_id::text IS NULL OR @offer_id::text = coalesce(o.offer_id,
                (SELECT c.offer_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND (@state::text IS NULL OR @state::text = owed_state(
                o.lease_until, CASE WHEN o.postback_id IN (SELECT id FROM paused) THEN now() END, o.attempt))
            AND (@origins::text[] IS NULL OR o.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
            AND (@every_affiliate::boolean OR o.postback_id NOT IN (SELECT id FROM network))
            AND (o.owed_at, o.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND o.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY o.owed_at ASC/*DESC*/, o.id ASC/*DESC*/
        LIMIT @count::bigint
    ) f
    WHERE @lookup::text NOT IN ('delivery', 'conversion')
        AND (num_nonnulls(@status_from::int, @error_code::text) > 0 OR @state::text = 'retrying')
        AND (@state::text IS NULL OR @state::text IN ('owed', 'retrying', 'in_flight')
            OR @state::text = 'held' AND EXISTS (SELECT FROM paused))
    UNION ALL
    -- Branch: outbox
    -- The outbox has no index for other filters, so this branch walks it in the order of the list.
    SELECT w.owed_at, w.id, true
    FROM (
        SELECT o.owed_at, o.id FROM outbox o
        WHERE (@postback_id::bigint IS NULL OR o.postback_id = @postback_id::bigint)
            AND (@affiliate_id::text IS NULL OR @affiliate_id::text = coalesce(o.affiliate_id,
                (SELECT c.affiliate_id FROM conversions c WHERE c.id = o.conversion_id)))
            AND (@offer_id::text IS NULL OR @offer_id::text = coalesce(o.offer_id,
                (SELECT c.offer_id FROM conversions c WHERE c.id = o.conversion_id)))
            -- A look at the postback of each row would take ten times as long.
            AND (@state::text IS NULL OR @state::text = owed_state(
                o.lease_until, CASE WHEN o.postback_id IN (SELECT id FROM paused) THEN now() END, o.attempt))
            AND (@origins::text[] IS NULL OR o.destination_id = ANY (ARRAY(SELECT id FROM led_to)))
            AND (@every_affiliate::boolean OR o.postback_id NOT IN (SELECT id FROM network))
            AND (o.owed_at, o.id) >/*<*/ (@after_time::timestamptz, @after_id::bigint)
            AND o.owed_at </*>=*/ @end_time::timestamptz
        ORDER BY o.owed_at ASC/*DESC*/, o.id ASC/*DESC*/
        LIMIT @count::bigint
    ) w
    WHERE @lookup::text NOT IN ('delivery', 'conversion')
        AND num_nonnulls(@status_from::int, @status_until::int, @error_code::text) = 0
        AND (@state::text IS NULL OR @state::text IN ('owed', 'in_flight')
            OR @state::text = 'held' AND EXISTS (SELECT FROM paused))
), page AS MATERIALIZED (
    SELECT * FROM found ORDER BY owed_at ASC/*DESC*/, id ASC/*DESC*/ LIMIT @count::bigint
), listed AS MATERIALIZED (
    SELECT f.id, f.state, f.postback_id, f.conversion_id, f.offer_id, f.affiliate_id, f.event_id, f.sequence, f.destination_id,
        NULL::text AS destination, f.attempts, f.attempts_before, f.lease_no, f.owed_at, NULL::timestamptz AS due_at,
        f.finished_at, f.http_status, f.error_code, false AS is_owed
    FROM page
    CROSS JOIN LATERAL (SELECT * FROM deliveries f WHERE f.id = page.id OFFSET 0) f
    WHERE NOT page.is_owed
    UNION ALL
    SELECT l.id, l.state, l.postback_id, l.conversion_id, l.offer_id, l.affiliate_id, l.event_id, l.sequence, NULL, l.destination,
        l.attempts, l.attempts_before, l.lease_no, l.owed_at, l.due_at, NULL, l.http_status, l.error_code, true
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
        ',"httpStatus":', coalesce(l.http_status::text, 'null'),
        ',"errorCode":', coalesce(to_json(l.error_code)::text, 'null'),
        ',"waitsFor":', coalesce(CASE WHEN l.is_owed AND l.sequence > 1 AND l.state IN ('owed', 'retrying') THEN (
            SELECT w.earlier FROM (SELECT waits_for(l.id, @order_hold::float8) AS earlier OFFSET 0) w
            WHERE @every_affiliate::boolean OR NOT EXISTS (
                SELECT FROM outbox o
                WHERE o.id = (w.earlier ->> 'deliveryId')::bigint AND o.postback_id IN (SELECT id FROM network))
        ) END::text, 'null'),
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
