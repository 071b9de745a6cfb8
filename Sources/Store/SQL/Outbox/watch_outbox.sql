-- Stores that a poller that sends alerts is alive, and creates an alert if the outbox lags: a delivery that could be sent has
-- been due for longer than @lag_seconds. The alert is created once, and again only after the oldest was due for less than half of
-- that time.
WITH oldest AS MATERIALIZED (
    SELECT due.due_at, extract(epoch FROM now() - due.due_at)::bigint AS seconds, d.origin
    FROM oldest_due() due JOIN destinations d ON d.id = due.destination_id
), watch AS (
    INSERT INTO alert_watch AS w (seen_at) VALUES (now())
    ON CONFLICT (only_row) DO UPDATE SET
        seen_at = now(),
        lagging_since = CASE
            WHEN (SELECT seconds FROM oldest) > @lag_seconds::int THEN coalesce(w.lagging_since, now())
            WHEN (SELECT seconds FROM oldest) > @lag_seconds::int / 2 THEN w.lagging_since
        END
    RETURNING lagging_since
)
SELECT tell('outbox.lagging', jsonb_build_object('seconds', o.seconds, 'oldestDueAt', rfc3339(o.due_at),
    'destination', o.origin, 'owed', (SELECT count(*) FROM (SELECT FROM outbox LIMIT 1000000) counted)))
FROM watch w CROSS JOIN oldest o
WHERE w.lagging_since = now()
