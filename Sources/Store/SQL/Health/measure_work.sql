-- Measures the work that is owed: the deliveries by state among at most @limit rows of the outbox, for how many seconds the oldest
-- that could be sent has been due, the blocked destinations, the paused postbacks, and the pollers seen within @patience seconds
-- with the requests that they wait for.
SELECT owed.due, owed.waiting, owed.leased, owed.held,
    coalesce((SELECT extract(epoch FROM now() - oldest.due_at)::bigint FROM oldest_due() oldest), 0) AS oldest_due_seconds,
    (SELECT count(*) FROM destinations WHERE blocked_until > now()) AS blocked_destinations,
    (SELECT count(*) FROM postbacks WHERE paused_at IS NOT NULL AND deleted_at IS NULL) AS paused_postbacks,
    alive.count AS pollers_alive, alive.in_flight AS attempts_in_flight,
    (SELECT extract(epoch FROM now() - max(seen_at))::bigint FROM pollers) AS poller_seconds
FROM (
    SELECT count(*) FILTER (WHERE state = 'due') AS due, count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'leased') AS leased, count(*) FILTER (WHERE state = 'held') AS held
    FROM (
        SELECT
            CASE
                WHEN o.lease_until > now() THEN 'leased'
                WHEN p.paused_at IS NOT NULL THEN 'held'
                WHEN o.due_at > now() OR d.blocked_until > now() THEN 'waiting'
                ELSE 'due'
            END AS state
        FROM (SELECT due_at, lease_until, postback_id, destination_id FROM outbox LIMIT @limit::bigint) o
        JOIN postbacks p ON p.id = o.postback_id
        JOIN destinations d ON d.id = o.destination_id
    ) row
) owed
CROSS JOIN (
    SELECT count(*) AS count, coalesce(sum(in_flight), 0)::bigint AS in_flight
    FROM pollers WHERE seen_at > now() - make_interval(secs => @patience::float8)
) alive
