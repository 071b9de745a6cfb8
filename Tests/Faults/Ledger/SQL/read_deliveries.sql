-- Reads both tables without merging them, so that a delivery that is in both, or twice in one, shows.
SELECT o.id, o.event_id, o.postback_id, o.lease_no, o.attempt AS attempts, o.lease_until IS NOT NULL AS is_leased,
    CASE
        WHEN o.lease_until > now() THEN 'in_flight'
        WHEN o.due_at = 'infinity' THEN 'held'
        WHEN o.attempt > 0 THEN 'retrying'
        ELSE 'owed'
    END AS state
FROM outbox o
UNION ALL
SELECT f.id, f.event_id, f.postback_id, f.lease_no, f.attempts, false, f.state FROM deliveries f
