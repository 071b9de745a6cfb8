-- Counts the deliveries in the outbox by their state; @limit of them, or all if it is null.
SELECT owed.state, count(*) AS count
FROM (
    SELECT owed_state(o.lease_until, p.paused_at, o.attempt) AS state
    FROM (SELECT * FROM outbox LIMIT @limit::bigint) o JOIN postbacks p ON p.id = o.postback_id
) owed
GROUP BY owed.state
ORDER BY owed.state
