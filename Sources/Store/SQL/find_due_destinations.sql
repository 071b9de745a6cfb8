-- The destinations to which something is due that nobody has leased: since when first attempts are due and since when
-- retries, how often each has failed in a row, and whether it is to be tried with one request at a time: blocked before, and
-- failing for no longer than the retry schedule spans (@schedule_seconds).
-- A look through the outbox skips through the index from the first row of one kind of one destination to the first of the next,
-- over at most @heads of them (0: none), behind a place: a destination (@behind_destination), and whether its retries are passed
-- too (@behind_retries). Where there may be more, one more row, without an id, says behind which place the next look goes on. It
-- walks over all dead rows that a vacuum may not remove yet.
-- A look for known destinations (@destination_ids) costs the same however many dead rows there are: it asks behind one time for
-- first attempts (@floors) and another for retries (@retry_floors).
WITH RECURSIVE walked(destination_id, again, due_at) AS (
    (
        SELECT o.destination_id, o.attempt > 0, o.due_at FROM outbox o
        WHERE (o.destination_id, (o.attempt > 0)) > (@behind_destination::int, @behind_retries::boolean)
            AND (o.lease_until IS NULL OR o.lease_until <= now())
        ORDER BY o.destination_id, (o.attempt > 0), o.due_at LIMIT 1
    )
    UNION ALL
    SELECT next.* FROM walked CROSS JOIN LATERAL (
        SELECT o.destination_id, o.attempt > 0, o.due_at FROM outbox o
        WHERE (o.destination_id, (o.attempt > 0)) > (walked.destination_id, walked.again)
            AND (o.lease_until IS NULL OR o.lease_until <= now())
        ORDER BY o.destination_id, (o.attempt > 0), o.due_at LIMIT 1
    ) next
), part AS MATERIALIZED (
    -- The walk ends with the last row that is asked of it.
    SELECT * FROM walked LIMIT @heads::int
), heads AS (
    SELECT * FROM part WHERE due_at <= now()
    UNION ALL
    SELECT known.id, kind.again, head.due_at
    FROM unnest(@destination_ids::int[], @floors::timestamptz[], @retry_floors::timestamptz[]) AS known(id, floor, retry_floor)
    CROSS JOIN LATERAL (VALUES (false, known.floor), (true, known.retry_floor)) AS kind(again, floor)
    CROSS JOIN LATERAL (
        SELECT o.due_at FROM outbox o
        WHERE o.destination_id = known.id AND (o.attempt > 0) = kind.again
            -- What another session began earlier may be committed later: as long is left for that as a poller may go without
            -- a look through the outbox.
            AND o.due_at >= kind.floor - interval '10 seconds'
            AND o.due_at <= now()
            AND (o.lease_until IS NULL OR o.lease_until <= now())
        ORDER BY o.due_at LIMIT 1
    ) head
)
SELECT d.id, d.max_in_flight, d.failures,
    half_open(d.blocks, d.failing_since, @schedule_seconds::float8) AS half_open,
    due.first, due.retry, now() AS looked_at, NULL AS walked_to, NULL AS walked_again
FROM (
    SELECT destination_id, min(due_at) FILTER (WHERE NOT again) AS first, min(due_at) FILTER (WHERE again) AS retry
    FROM heads GROUP BY destination_id
) due
CROSS JOIN LATERAL (
    SELECT * FROM destinations d
    WHERE d.id = due.destination_id AND (d.blocked_until IS NULL OR d.blocked_until <= now())
    OFFSET 0
) d
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, last.destination_id, last.again
FROM (
    SELECT destination_id, again FROM part
    WHERE (SELECT count(*) FROM part) = @heads::int
    ORDER BY destination_id DESC, again DESC LIMIT 1
) last
