-- Stores that a poller (@poller_id) of a version (@version), which started @uptime_seconds ago on a host (@host), is alive, and what
-- it has counted since then; @problem is the reason why it cannot send (null: none). Adds to the counters (@names, @labels) what is
-- new (@increments). A heartbeat whose number (@beat) was stored already adds nothing, so that one whose answer was lost can be sent
-- again. Pollers that were not seen for a day are removed.
WITH gone AS (
    DELETE FROM pollers WHERE seen_at < now() - interval '1 day' AND id <> @poller_id::uuid
), counted AS (
    INSERT INTO counters AS c (name, labels, value)
    SELECT n.name, n.labels, n.increment
    FROM unnest(@names::text[], @labels::text[], @increments::float8[]) AS n(name, labels, increment)
    WHERE NOT EXISTS (SELECT FROM pollers p WHERE p.id = @poller_id::uuid AND p.beat >= @beat::bigint)
    -- All pollers add in the same order, so that they do not deadlock.
    ORDER BY n.name, n.labels
    ON CONFLICT (name, labels) DO UPDATE SET value = c.value + excluded.value
)
INSERT INTO pollers AS p (id, host, version, started_at, problem, in_flight, claimed, delivered, retried, failed, dead, skipped,
    fenced, beat)
VALUES (@poller_id::uuid, @host, @version, now() - make_interval(secs => @uptime_seconds::float8), @problem, @in_flight, @claimed,
    @delivered, @retried, @failed, @dead, @skipped, @fenced, @beat)
ON CONFLICT (id) DO UPDATE SET
    seen_at = now(), problem = excluded.problem, in_flight = excluded.in_flight, claimed = excluded.claimed,
    delivered = excluded.delivered, retried = excluded.retried, failed = excluded.failed, dead = excluded.dead,
    skipped = excluded.skipped, fenced = excluded.fenced, beat = excluded.beat
