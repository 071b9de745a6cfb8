-- Counts the deliveries in the outbox by their state.
SELECT owed.state, count(*) AS count
FROM (
    SELECT CASE
        WHEN o.lease_until > now() THEN 'in_flight'
        WHEN p.paused_at IS NOT NULL THEN 'held'
        WHEN o.attempt > 0 THEN 'retrying'
        ELSE 'owed'
    END AS state
    FROM outbox o JOIN postbacks p ON p.id = o.postback_id
) owed
GROUP BY owed.state
ORDER BY owed.state
