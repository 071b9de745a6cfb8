-- Finds the destinations with due deliveries that are not leased. For each it returns the due_at of the first due first attempt
-- and of the first due retry, the number of requests in a row without an answer, and whether the destination is half open. A
-- half-open destination is tried with one request at a time: it was blocked, and has been failing for no longer than the retry
-- schedule spans (@schedule_seconds).
-- A look through the outbox reads one row of the index for each destination and kind (first attempts, or retries): the head,
-- which is the first one that is not leased. It reads at most @heads heads; 0 means no such look. It starts after the first
-- attempts of the destination @behind_destination, or, if @behind_retries is true, after its retries. If there may be more, one
-- extra row, without an id, gives the place behind which the next look starts. Such a look walks over all dead rows that a vacuum
-- may not remove yet.
-- A look for known destinations (@destination_ids) does not read the dead rows before its floors: it searches first attempts from
-- @floors on and retries from @retry_floors on.
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
    -- LIMIT ends the recursion: no more rows of the walk are computed than are read here.
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
            -- A session that began earlier may commit later: the search goes back by one second to find its rows. A look
            -- through the outbox finds those of a session that takes longer.
            AND o.due_at >= kind.floor - interval '1 second'
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
