-- Lists the destinations that do not answer or asked for a pause, the longest first, at most @limit, with the count of all.
SELECT d.origin, d.failures, rfc3339(d.failing_since) AS since,
    CASE WHEN d.blocked_until > now() THEN rfc3339(d.blocked_until) END AS until, count(*) OVER () AS count
FROM destinations d
WHERE d.blocks > 0 OR d.blocked_until > now()
ORDER BY d.failing_since, d.id
LIMIT @limit::bigint
