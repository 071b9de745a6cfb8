-- Lists what all pollers have counted together, at most @limit values.
SELECT name, labels, value::text AS value
FROM counters
ORDER BY name, labels
LIMIT @limit::bigint
