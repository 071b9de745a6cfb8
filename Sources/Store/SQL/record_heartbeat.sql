-- Says that a poller (@poller_id) of a version (@version), which started @uptime_seconds ago, is there; @problem is what keeps it
-- from sending. Pollers that have not been seen for a day are forgotten.
WITH gone AS (
    DELETE FROM pollers WHERE seen_at < now() - interval '1 day' AND id <> @poller_id::uuid
)
INSERT INTO pollers AS p (id, version, started_at, problem)
VALUES (@poller_id::uuid, @version, now() - make_interval(secs => @uptime_seconds::float8), @problem)
ON CONFLICT (id) DO UPDATE SET seen_at = now(), problem = excluded.problem
