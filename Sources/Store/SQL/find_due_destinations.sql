-- The destinations to which something is due that nobody has leased: since when first attempts are due and since when
-- retries, how often each has failed in a row, and whether it is to be tried with one request at a time: blocked before, and
-- failing for no longer than the retry schedule spans ($1, in seconds).
-- A whole look ($2) skips through the index from the first row of one kind of one destination to the first of the next. It
-- walks over all dead rows that a vacuum may not remove yet. A look that is not whole costs the same however many these are:
-- it asks for the destinations $3 only, behind one floor for first attempts ($4) and another for retries ($5).
WITH RECURSIVE walked(destination_id, again, due_at) AS (
    (
        SELECT o.destination_id, o.attempt > 0, o.due_at FROM outbox o
        WHERE $2::boolean AND (o.lease_until IS NULL OR o.lease_until <= now())
        ORDER BY o.destination_id, (o.attempt > 0), o.due_at LIMIT 1
    )
    UNION ALL
    SELECT next.* FROM walked CROSS JOIN LATERAL (
        SELECT o.destination_id, o.attempt > 0, o.due_at FROM outbox o
        WHERE (o.destination_id, (o.attempt > 0)) > (walked.destination_id, walked.again)
            AND (o.lease_until IS NULL OR o.lease_until <= now())
        ORDER BY o.destination_id, (o.attempt > 0), o.due_at LIMIT 1
    ) next
), heads AS (
    SELECT * FROM walked WHERE due_at <= now()
    UNION ALL
    SELECT known.id, kind.again, head.due_at
    FROM unnest($3::int[], $4::timestamptz[], $5::timestamptz[]) AS known(id, floor, retry_floor)
    CROSS JOIN LATERAL (VALUES (false, known.floor), (true, known.retry_floor)) AS kind(again, floor)
    CROSS JOIN LATERAL (
        SELECT o.due_at FROM outbox o
        WHERE o.destination_id = known.id AND (o.attempt > 0) = kind.again
            -- What another session began earlier may be committed later: as long is left for that as a poller may go without
            -- a whole look.
            AND o.due_at >= kind.floor - interval '10 seconds'
            AND o.due_at <= now()
            AND (o.lease_until IS NULL OR o.lease_until <= now())
        ORDER BY o.due_at LIMIT 1
    ) head
)
SELECT d.id, coalesce(d.max_in_flight, 0) AS max_in_flight, d.failures,
    coalesce(d.blocks > 0 AND d.failing_since > now() - make_interval(secs => $1::float8), false) AS half_open,
    due.first, due.retry, now() AS looked_at
FROM (
    SELECT destination_id, min(due_at) FILTER (WHERE NOT again) AS first, min(due_at) FILTER (WHERE again) AS retry
    FROM heads GROUP BY destination_id
) due
CROSS JOIN LATERAL (
    SELECT * FROM destinations d
    WHERE d.id = due.destination_id AND (d.blocked_until IS NULL OR d.blocked_until <= now())
    OFFSET 0
) d
