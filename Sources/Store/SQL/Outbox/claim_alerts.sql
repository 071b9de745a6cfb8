-- Leases at most @count due alerts for @lease_seconds; alerts of a stopping poller come first. An alert that could not be
-- delivered within three days is deleted.
WITH expired AS (
    DELETE FROM alerts WHERE at < now() - interval '3 days'
), due AS (
    SELECT a.id FROM alerts a
    WHERE a.due_at <= now() AND (a.lease_until IS NULL OR a.lease_until <= now()) AND a.at >= now() - interval '3 days'
    ORDER BY a.type <> 'poller.stopped', a.id
    LIMIT @count::bigint
    FOR UPDATE SKIP LOCKED
)
UPDATE alerts a SET lease_until = now() + make_interval(secs => @lease_seconds::float8), lease_no = a.lease_no + 1
FROM due
WHERE a.id = due.id
RETURNING a.id, a.lease_no, a.attempt + 1 AS attempt, a.type, rfc3339(a.at) AS at, a.data
