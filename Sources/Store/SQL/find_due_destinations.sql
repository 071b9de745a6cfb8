-- The destinations to which something is due or in flight, found by skipping through the index from one to the next; how
-- often each has failed in a row, and whether it is to be tried with one request at a time: blocked before, and failing
-- for no longer than the retry schedule spans ($1, in seconds).
WITH RECURSIVE owing(destination_id) AS (
    (SELECT o.destination_id FROM outbox o ORDER BY o.destination_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT o.destination_id FROM outbox o
        WHERE o.destination_id > owing.destination_id ORDER BY o.destination_id LIMIT 1
    )
    FROM owing WHERE owing.destination_id IS NOT NULL
)
SELECT d.id, coalesce(d.max_in_flight, 0) AS max_in_flight, d.failures,
    coalesce(d.blocks > 0 AND d.failing_since > now() - make_interval(secs => $1::float8), false) AS half_open
FROM owing JOIN destinations d ON d.id = owing.destination_id
WHERE (d.blocked_until IS NULL OR d.blocked_until <= now())
    AND EXISTS (
        SELECT FROM unnest('{f,t}'::boolean[]) AS kind(again)
        CROSS JOIN LATERAL (
            SELECT o.due_at FROM outbox o
            WHERE o.destination_id = d.id AND (o.attempt > 0) = kind.again
            ORDER BY o.due_at, o.id LIMIT 1
        ) head
        WHERE head.due_at <= now()
    )
