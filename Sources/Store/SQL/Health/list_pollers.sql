-- Lists the pollers that did not shut down cleanly, the one seen last first, and how many seconds ago each was seen.
SELECT id::text AS id, host, version, rfc3339(started_at) AS started_at, rfc3339(seen_at) AS seen_at, problem, in_flight, claimed,
    delivered, retried, failed, dead, skipped, fenced,
    greatest(0, extract(epoch FROM now() - seen_at))::bigint AS seconds
FROM pollers
ORDER BY seen_at DESC, id
LIMIT 1000
