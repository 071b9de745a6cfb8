-- Leases the deliveries that may start at once, for @lease_seconds. For each destination (@destination_ids) it leases at most
-- @free_slots deliveries, of which at most @retry_slots are retries. The search begins at @floors for first attempts and at
-- @retry_floors for retries. A blocked destination gets nothing.
-- R10: only one event of a conversion is in flight to one destination. A later event waits for the earlier ones that are leased
-- or have been owed for less than @order_hold_seconds. An earlier one counts if its row has this destination, or if its postback
-- leads to this destination now. An earlier event ends as superseded if a later one was delivered to the same destination, unless
-- its postback sends overtaken events or the delivery was resent with force. The check is made only for rows that can have been
-- overtaken: those that were leased, moved or enqueued again, or have been owed for longer than the order hold.
-- A lease that ran out without an answer counts as an attempt with the outcome unknown: its request may have been sent. The next
-- attempt comes when the schedule's wait (@waits, in seconds, one for each attempt but the last) has passed since the lease
-- began. If it was the last of @max_attempts, the delivery is dead.
-- A delivery whose id a finished delivery already has is not sent. It is put off until it gets a new id.
-- While a table is empty, all its indexes cost the same, and the poller keeps the plans that it makes then. So each look-up leaves
-- one index only: the order by id leaves the primary key, "+ 0" rules out the indexes by destination.
-- Each row of the result is either a claim with the line for deliverPostback, or has an error_code: lost or superseded for a
-- delivery that ends here, id_taken for one whose id a finished delivery has. The attempts that it records are counted for the
-- statistics.
WITH wanted AS (
    SELECT w.destination_id, w.free, kind.*
    FROM unnest(@destination_ids::int[], @free_slots::int[], @retry_slots::int[],
            @floors::timestamptz[], @retry_floors::timestamptz[])
        AS w(destination_id, free, retries, floor, retry_floor)
    CROSS JOIN LATERAL (
        SELECT FROM destinations d
        WHERE d.id = w.destination_id AND (d.blocked_until IS NULL OR d.blocked_until <= now())
        OFFSET 0
    ) unblocked
    CROSS JOIN LATERAL (
        VALUES (false, w.free, w.floor), (true, least(w.free, w.retries), w.retry_floor)
    ) AS kind(is_retry, row_limit, search_from)
), due AS MATERIALIZED (
    SELECT o.id, o.conversion_id, o.postback_id, o.destination_id, o.sequence, o.lease_until, o.lease_no, o.attempt,
        CASE
            WHEN (SELECT true FROM deliveries f WHERE f.id BETWEEN o.id AND o.id ORDER BY f.id LIMIT 1) THEN 'id_taken'
            WHEN o.lease_until IS NOT NULL AND o.attempt + 1 >= @max_attempts::int THEN 'lost'
            WHEN o.may_be_late AND NOT o.is_forced AND EXISTS (
                SELECT FROM deliveries later
                WHERE later.conversion_id = ANY (ARRAY[o.conversion_id])
                    AND later.destination_id + 0 = o.destination_id
                    AND later.sequence > o.sequence
                    AND later.state = 'delivered'
            ) AND NOT (SELECT p.send_overtaken FROM postbacks p WHERE p.id = o.postback_id) THEN 'superseded'
            WHEN o.waits_until > now() THEN 'waits'
        END AS error_code,
        o.waits_until,
        o.sequence > 1 AND EXISTS (
            SELECT FROM outbox earlier
            WHERE earlier.conversion_id = o.conversion_id
                AND earlier.destination_id + 0 = o.destination_id
                AND earlier.sequence < o.sequence
        ) AS overtakes
    FROM (
        SELECT o.*, w.free, row_number() OVER (PARTITION BY w.destination_id ORDER BY o.due_at, o.id) AS place
        FROM wanted w
        CROSS JOIN LATERAL (
            SELECT o.*, late.may_be_late,
                o.lease_until + make_interval(
                    secs => (@waits::float8[])[o.attempt + 1] * (1 + 0.2 * random()) - @lease_seconds::float8) AS waits_until
            FROM outbox o
            CROSS JOIN LATERAL (
                SELECT o.lease_no > 0 OR o.hold_from IS NOT NULL
                    OR o.owed_at <= now() - make_interval(secs => @order_hold_seconds::float8) AS may_be_late
            ) late
            WHERE o.destination_id = w.destination_id
                AND (o.attempt > 0) = w.is_retry
                -- A session that began earlier may commit later: the search goes back to find its rows. It reads the dead rows
                -- of that time, so it goes back by no more than most sessions take. Looks find the rows of the others.
                AND o.due_at >= w.search_from - interval '100 milliseconds'
                AND o.due_at <= now()
                AND (o.lease_until IS NULL OR o.lease_until <= now())
                -- Deliveries of a paused postback get due_at = infinity in a second step, and a concurrent transaction can leave
                -- some without it. This condition excludes all of them. A delivery that was recorded while its postback's URL
                -- changed waits until it is moved to the new destination.
                AND (
                    SELECT p.destination_id FROM postbacks p
                    WHERE p.id = o.postback_id AND coalesce(p.deleted_at, p.paused_at) IS NULL
                ) = o.destination_id
                -- Rows of a conversion are looked up by the conversion alone ("+ 0") and not joined. Without this the planner
                -- could choose the index by destination, because it assumes the few rows that the table had when it was last
                -- vacuumed.
                AND NOT (o.sequence > 1 AND EXISTS (
                    SELECT FROM outbox earlier
                    WHERE earlier.conversion_id = o.conversion_id
                        AND earlier.sequence < o.sequence
                        AND (
                            earlier.lease_until > now()
                            -- The order hold begins when the earlier event became owed or was resumed, or when this event was
                            -- resumed, whichever is latest.
                            OR greatest(coalesce(earlier.hold_from, earlier.owed_at),
                                CASE WHEN o.hold_from > coalesce(o.resent_at, o.owed_at) THEN o.hold_from END)
                                > now() - make_interval(secs => @order_hold_seconds::float8)
                        )
                        AND (
                            earlier.destination_id = o.destination_id
                            OR (SELECT p.destination_id FROM postbacks p WHERE p.id = earlier.postback_id) = o.destination_id
                        )
                ))
                AND NOT (late.may_be_late AND EXISTS (
                    SELECT FROM outbox later
                    WHERE later.conversion_id = o.conversion_id
                        AND later.destination_id + 0 = o.destination_id
                        AND later.sequence > o.sequence
                        AND later.lease_until > now()
                ))
            ORDER BY o.due_at
            LIMIT w.row_limit
            FOR UPDATE OF o SKIP LOCKED
        ) o
    ) o
    WHERE o.place <= o.free
), stepped_over AS MATERIALIZED (
    -- The earlier events that a due delivery overtakes. They have been owed for longer than the order hold.
    SELECT due.id AS later_id, earlier.id
    FROM due
    CROSS JOIN LATERAL (
        SELECT e.id FROM outbox e
        WHERE e.conversion_id = due.conversion_id
            AND e.destination_id + 0 = due.destination_id
            AND e.sequence < due.sequence
            AND (e.lease_until IS NULL OR e.lease_until <= now())
        FOR UPDATE SKIP LOCKED
    ) earlier
    WHERE due.overtakes AND due.error_code IS NULL
), decided AS MATERIALIZED (
    -- A later event overtakes the earlier ones only if this statement has locked all of them and claims none of them. If it could
    -- not lock one, another poller may be claiming that one.
    SELECT * FROM due
    WHERE due.error_code IS NOT NULL OR NOT due.overtakes OR (
        SELECT count(*) FROM outbox e
        WHERE e.conversion_id = due.conversion_id
            AND e.destination_id + 0 = due.destination_id
            AND e.sequence < due.sequence
    ) = (
        SELECT count(*) FROM stepped_over s
        WHERE s.later_id = due.id AND NOT EXISTS (SELECT FROM due other WHERE other.id = s.id)
    )
), postponed AS (
    -- Another poller's snapshot may be older than this lease. Moving the due time keeps that poller from claiming these rows.
    UPDATE outbox o SET due_at = greatest(o.due_at, now() + make_interval(secs => @lease_seconds::float8))
    FROM stepped_over s JOIN decided ON decided.id = s.later_id
    WHERE o.id = ANY (ARRAY[s.id])
), ended AS (
    INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, error)
    SELECT id, lease_no, attempt + 1, lease_until - make_interval(secs => @lease_seconds::float8), 'unknown',
        json_build_object('code', 'lost', 'message', 'the lease ran out before an answer came; it may have been sent')
    FROM decided WHERE lease_until IS NOT NULL AND error_code IS DISTINCT FROM 'id_taken'
    UNION ALL
    SELECT id, lease_no + 1, attempt + (lease_until IS NOT NULL)::int + 1, now(), 'skipped',
        json_build_object('code', error_code, 'message', 'a later event of the conversion was delivered there before it')
    FROM decided WHERE error_code = 'superseded'
), counted AS (
    INSERT INTO attempt_counts_pending (since, postback_id, destination_id, outcome, attempts, milliseconds)
    SELECT date_trunc('minute', now()), postback_id, destination_id, outcome, count(*), 0
    FROM decided
    CROSS JOIN LATERAL (
        SELECT CASE error_code WHEN 'lost' THEN 'dead' ELSE 'unknown' END AS outcome
        WHERE lease_until IS NOT NULL AND error_code IS DISTINCT FROM 'id_taken'
        UNION ALL
        SELECT 'skipped' WHERE error_code = 'superseded'
    ) ended
    GROUP BY 2, 3, 4
), removed AS (
    DELETE FROM outbox o USING decided
    WHERE o.id = ANY (ARRAY[decided.id]) AND decided.error_code IN ('lost', 'superseded')
    RETURNING o.*, decided.error_code
), moved AS (
    INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
        error_code, lease_no, owed_at, offer_id, affiliate_id, attempts_before)
    SELECT id, event_id, conversion_id, sequence, postback_id, destination_id,
        CASE error_code WHEN 'lost' THEN 'dead' ELSE 'skipped' END,
        attempt + (lease_until IS NOT NULL)::int + (error_code <> 'lost')::int,
        error_code, lease_no + (error_code <> 'lost')::int, owed_at, offer_id, affiliate_id, attempts_before
    FROM removed
), put_off AS (
    UPDATE outbox o SET
        due_at = CASE decided.error_code WHEN 'waits' THEN decided.waits_until ELSE now() + interval '1 minute' END,
        attempt = o.attempt + (decided.error_code = 'waits')::int,
        last_status = CASE WHEN decided.error_code <> 'waits' THEN o.last_status END,
        last_error = CASE WHEN decided.error_code = 'waits' THEN 'lost' ELSE o.last_error END,
        lease_until = NULL
    FROM decided
    WHERE o.id = ANY (ARRAY[decided.id]) AND decided.error_code IN ('id_taken', 'waits')
    RETURNING o.*, decided.error_code
), claimed AS (
    UPDATE outbox o SET
        lease_until = now() + make_interval(secs => @lease_seconds::float8),
        lease_no = o.lease_no + 1,
        attempt = o.attempt + (o.lease_until IS NOT NULL)::int,
        last_status = CASE WHEN o.lease_until IS NULL THEN o.last_status END,
        last_error = CASE WHEN o.lease_until IS NULL THEN o.last_error ELSE 'lost' END
    WHERE o.id = ANY (ARRAY(SELECT id FROM decided WHERE error_code IS NULL))
    RETURNING o.*
), sent AS MATERIALIZED (
    -- The JSON of each postback is made once, and not for each of its deliveries.
    SELECT p.id, p.version, postback_json(p) AS json FROM postbacks p
    WHERE p.id = ANY (ARRAY(SELECT DISTINCT postback_id FROM claimed))
)
SELECT c.id, c.lease_no, c.destination_id, c.postback_id, c.conversion_id, c.attempt + 1 AS attempt, c.due_at,
    c.id || '/' || c.lease_no || '/' || p.version AS line_id,
    '{"id" : "' || c.id || '/' || c.lease_no || '/' || p.version || '", "input" : {"deliveryId" : ' || c.id
        || ', "attempt" : ' || c.attempt + 1
        || ', "postback" : ' || p.json
        || ', "event" : ' || event_json(e.id, e.sequence, e.status, e.previous_status, e.at)
        || ', "conversion" : ' || e.payload || '}}' AS line,
    NULL AS error_code, NULL AS origin
FROM claimed c
JOIN sent p ON p.id = c.postback_id
-- LATERAL with OFFSET 0 makes the planner look these up by their keys, whatever row count it assumes.
CROSS JOIN LATERAL (SELECT * FROM events e WHERE e.id = c.event_id OFFSET 0) e
UNION ALL
SELECT id, lease_no, destination_id, postback_id, conversion_id, attempt + 1, due_at, NULL, NULL, error_code,
    (SELECT d.origin FROM destinations d WHERE d.id = removed.destination_id)
FROM removed
UNION ALL
SELECT id, lease_no, destination_id, postback_id, conversion_id, attempt, due_at, NULL, NULL, error_code, NULL
FROM put_off
WHERE error_code = 'id_taken'
ORDER BY due_at, id
