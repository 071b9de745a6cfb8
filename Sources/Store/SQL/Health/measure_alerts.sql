-- Measures the alerts that wait to be sent: the count, for how many seconds the oldest has waited, the highest number of failed
-- attempts of one of them, and how many seconds ago a poller that sends alerts was seen; null if there never was one.
SELECT count(*) AS count, coalesce(extract(epoch FROM now() - min(at)), 0)::bigint AS seconds,
    coalesce(max(attempt) FILTER (WHERE lease_until IS NULL), 0) AS attempts,
    (SELECT extract(epoch FROM now() - w.seen_at)::bigint FROM alert_watch w) AS sender_seconds
FROM alerts
