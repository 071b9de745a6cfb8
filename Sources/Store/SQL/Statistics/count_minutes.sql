-- Counts the attempts of the last @minutes whole minutes, by their outcome: a row for each minute, the oldest first.
SELECT rfc3339(m.since) AS since, coalesce(sum(c.attempts), 0)::bigint AS attempts,
    coalesce(sum(c.attempts) FILTER (WHERE c.outcome = 'delivered'), 0)::bigint AS delivered,
    coalesce(sum(c.attempts) FILTER (WHERE c.outcome = 'retry'), 0)::bigint AS retry,
    coalesce(sum(c.attempts) FILTER (WHERE c.outcome = 'failed'), 0)::bigint AS failed,
    coalesce(sum(c.attempts) FILTER (WHERE c.outcome = 'dead'), 0)::bigint AS dead,
    coalesce(sum(c.attempts) FILTER (WHERE c.outcome = 'skipped'), 0)::bigint AS skipped,
    coalesce(sum(c.attempts) FILTER (WHERE c.outcome = 'unknown'), 0)::bigint AS unknown,
    round(sum(c.milliseconds) / nullif(sum(c.until_5 + c.until_10 + c.until_25 + c.until_50 + c.until_100 + c.until_250
        + c.until_500 + c.until_1000 + c.until_2500 + c.until_5000 + c.until_10000 + c.until_20000 + c.longer), 0))::bigint
        AS average_ms
FROM generate_series(1, @minutes::int) AS ago(minutes)
CROSS JOIN LATERAL (SELECT date_trunc('minute', now()) - make_interval(mins => ago.minutes) AS since) m
LEFT JOIN counted_attempts c ON c.width = 60 AND c.since = m.since
GROUP BY m.since
ORDER BY m.since
