-- Counts the deliveries that could be sent now and that nobody has leased, and for how many seconds the oldest has been due.
-- Deliveries that wait for an earlier event, a blocked destination or a paused postback do not count.
SELECT count(*) AS count, coalesce(extract(epoch FROM now() - min(o.due_at)), 0)::bigint AS seconds
FROM outbox o
JOIN postbacks p ON p.id = o.postback_id
JOIN destinations d ON d.id = o.destination_id
WHERE o.due_at <= now()
    AND (o.lease_until IS NULL OR o.lease_until <= now())
    AND p.paused_at IS NULL
    AND p.deleted_at IS NULL
    AND (d.blocked_until IS NULL OR d.blocked_until <= now())
    AND NOT (o.sequence > 1 AND EXISTS (
        SELECT FROM outbox earlier
        WHERE earlier.conversion_id = o.conversion_id
            AND earlier.destination_id = o.destination_id
            AND earlier.sequence < o.sequence
    ))
