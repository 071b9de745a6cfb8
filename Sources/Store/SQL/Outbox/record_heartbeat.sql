-- Stores that a poller (@poller_id) of a version (@version), which started @uptime_seconds ago on a host (@host), is alive, and what
-- it has counted since then; @problem is the reason why it cannot send (null: none). Pollers that were not seen for a day are
-- removed.
WITH gone AS (
    DELETE FROM pollers WHERE seen_at < now() - interval '1 day' AND id <> @poller_id::uuid
)
INSERT INTO pollers AS p (id, host, version, started_at, problem, in_flight, claimed, delivered, retried, failed, dead, skipped,
    fenced)
VALUES (@poller_id::uuid, @host, @version, now() - make_interval(secs => @uptime_seconds::float8), @problem, @in_flight, @claimed,
    @delivered, @retried, @failed, @dead, @skipped, @fenced)
ON CONFLICT (id) DO UPDATE SET
    seen_at = now(), problem = excluded.problem, in_flight = excluded.in_flight, claimed = excluded.claimed,
    delivered = excluded.delivered, retried = excluded.retried, failed = excluded.failed, dead = excluded.dead,
    skipped = excluded.skipped, fenced = excluded.fenced
