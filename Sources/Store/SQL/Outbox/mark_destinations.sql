-- Stores what a poller observed of destinations (@destination_ids, in ascending order): whether one answered (@answered), how
-- many requests in a row got no answer since then (@failures), and for how many seconds it asked for a pause (@pauses). @waits
-- are the waits of the retry schedule, in seconds.
-- Ten requests in a row without an answer block a destination for a second, the next one after that for two, and so on, doubling
-- up to five minutes, each 0 to 20 % longer. Because the first blocks are short, a receiver that restarts gets its deliveries
-- soon; the probes after each block use up no attempts. The first block is no longer than the first wait of the schedule, the
-- second no longer than the second wait, and so on. No block begins when the destination has been failing for longer than the
-- schedule spans: from then on its deliveries use up their attempts. A pause that a destination asks for lasts a minute at most,
-- since others send to the same host, and no longer than the longest of the waits.
WITH seen AS MATERIALIZED (
    SELECT d.id, m.answered, m.failures, m.pause, d.blocked_until, d.blocks,
        CASE WHEN m.answered THEN 0 ELSE d.failures END + m.failures AS failures_now,
        CASE WHEN m.answered OR d.failing_since IS NULL THEN now() ELSE d.failing_since END AS since
    FROM unnest(@destination_ids::int[], @answered::boolean[], @failures::int[], @pauses::float8[])
        AS m(id, answered, failures, pause)
    CROSS JOIN LATERAL (SELECT * FROM destinations d WHERE d.id = m.id FOR UPDATE) d
), judged AS MATERIALIZED (
    SELECT s.id, s.failures_now, CASE WHEN s.failures_now > 0 THEN s.since END AS failing_since,
        CASE WHEN s.answered THEN 0 ELSE s.blocks END AS blocks,
        -- An answer ends the breaker's block, but not a pause that the destination asked for.
        CASE WHEN s.answered AND s.blocks > 0 THEN NULL ELSE s.blocked_until END AS blocked_until,
        s.failures > 0 AND s.failures_now >= 10 AND coalesce(s.blocked_until <= now(), true)
            AND s.since > now() - make_interval(secs => waits.span) AS breaks,
        make_interval(secs => least(s.pause, 60, waits.longest)) AS pause
    FROM seen s
    CROSS JOIN (
        SELECT coalesce(sum(wait), 0) AS span, coalesce(max(wait), 0) AS longest FROM unnest(@waits::float8[]) AS w(wait)
    ) waits
)
UPDATE destinations d SET
    failures = j.failures_now,
    failing_since = j.failing_since,
    blocks = j.blocks + j.breaks::int,
    blocked_until = greatest(
        j.blocked_until,
        CASE WHEN j.pause > interval '0' THEN now() + j.pause END,
        CASE WHEN j.breaks THEN now() + make_interval(secs =>
            least(300, 2 ^ least(j.blocks, 9), (@waits::float8[])[least(j.blocks + 1, cardinality(@waits::float8[]))])
                * (1 + 0.2 * random())) END)
FROM judged j
WHERE d.id = j.id
RETURNING d.id, d.failures,
    half_open(d.blocks, d.failing_since, (SELECT coalesce(sum(wait), 0) FROM unnest(@waits::float8[]) AS w(wait))) AS half_open,
    (extract(epoch FROM greatest(d.blocked_until - now(), interval '0')) * 1000)::bigint AS blocked_ms,
    j.breaks, d.origin
