-- The alerts that wait to be sent: how many, for how many seconds the oldest has waited, how often one of them was sent in vain, and
-- how long ago a poller that sends alerts was there; null where none ever was.
SELECT count(*) AS count, coalesce(extract(epoch FROM now() - min(at)), 0)::bigint AS seconds,
    coalesce(max(attempt) FILTER (WHERE lease_until IS NULL), 0) AS attempts,
    (SELECT extract(epoch FROM now() - w.seen_at)::bigint FROM alert_watch w) AS sender_seconds
FROM alerts
