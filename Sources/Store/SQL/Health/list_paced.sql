-- Lists the destinations with a limit of their own on the requests in flight, by their origins, at most @limit, with the count of
-- all.
SELECT d.origin, d.max_in_flight, count(*) OVER () AS count
FROM destinations d
WHERE d.max_in_flight IS NOT NULL
ORDER BY d.origin
LIMIT @limit::bigint
