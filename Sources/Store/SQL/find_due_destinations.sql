-- The destinations to which something is due or in flight, found by skipping through the index from one to the next.
WITH RECURSIVE owing(destination_id) AS (
    (SELECT o.destination_id FROM outbox o ORDER BY o.destination_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT o.destination_id FROM outbox o
        WHERE o.destination_id > owing.destination_id ORDER BY o.destination_id LIMIT 1
    )
    FROM owing WHERE owing.destination_id IS NOT NULL
)
SELECT d.id, coalesce(d.max_in_flight, 0) AS max_in_flight
FROM owing JOIN destinations d ON d.id = owing.destination_id
WHERE (d.blocked_until IS NULL OR d.blocked_until <= now())
    AND (SELECT o.due_at FROM outbox o WHERE o.destination_id = d.id ORDER BY o.due_at LIMIT 1) <= now()
