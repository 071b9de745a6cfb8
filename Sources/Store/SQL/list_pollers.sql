-- The pollers that did not end in good order, the one that was seen last first, and how many seconds ago that was.
SELECT id::text AS id, version, rfc3339(started_at) AS started_at, rfc3339(seen_at) AS seen_at, problem,
    greatest(0, extract(epoch FROM now() - seen_at))::bigint AS seconds
FROM pollers
ORDER BY seen_at DESC, id
LIMIT 1000
