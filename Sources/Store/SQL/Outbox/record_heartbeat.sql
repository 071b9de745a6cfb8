-- Stores that a poller (@poller_id) of a version (@version), which started @uptime_seconds ago, is alive; @problem is the reason
-- why it cannot send (null: none). Pollers that were not seen for a day are removed.
WITH gone AS (
    DELETE FROM pollers WHERE seen_at < now() - interval '1 day' AND id <> @poller_id::uuid
)
INSERT INTO pollers AS p (id, version, started_at, problem)
VALUES (@poller_id::uuid, @version, now() - make_interval(secs => @uptime_seconds::float8), @problem)
ON CONFLICT (id) DO UPDATE SET seen_at = now(), problem = excluded.problem
