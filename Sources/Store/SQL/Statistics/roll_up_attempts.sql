-- Moves the pending counts of attempts into attempt_counts: into the minute, the hour and the day (UTC) of each. Deletes minutes
-- that are older than @minute_days and hours that are older than @hour_days, at most those of one day, the oldest first. If
-- another session does the same at that time, this one does nothing.
WITH permit AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtext('postbacks.attempt_counts')) AS is_given
), pending AS (
    DELETE FROM attempt_counts_pending USING permit WHERE permit.is_given RETURNING attempt_counts_pending.*
), units(width, unit, begins) AS MATERIALIZED (
    SELECT u.width, u.unit, date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - make_interval(days => u.days)
    FROM (VALUES (60, 'minute', @minute_days::int), (3600, 'hour', @hour_days::int), (86400, 'day', NULL)) AS u(width, unit, days)
), old AS MATERIALIZED (
    SELECT u.width, least(oldest.since + interval '1 day', u.begins) AS ends
    FROM permit
    CROSS JOIN units u
    CROSS JOIN LATERAL (SELECT c.since FROM attempt_counts c WHERE c.width = u.width ORDER BY c.since LIMIT 1) oldest
    WHERE permit.is_given AND u.begins IS NOT NULL
), gone AS (
    DELETE FROM attempt_counts c USING old WHERE c.width = old.width AND c.since < old.ends
)
INSERT INTO attempt_counts AS c (width, since, postback_id, destination_id, outcome, attempts, milliseconds, until_5, until_10,
    until_25, until_50, until_100, until_250, until_500, until_1000, until_2500, until_5000, until_10000, until_20000, longer)
SELECT u.width, date_trunc(u.unit, p.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', p.postback_id, p.destination_id, p.outcome,
    sum(p.attempts), round(sum(p.milliseconds)),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 1), 0), coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 2), 0),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 3), 0), coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 4), 0),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 5), 0), coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 6), 0),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 7), 0), coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 8), 0),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 9), 0), coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 10), 0),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 11), 0), coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 12), 0),
    coalesce(sum(p.attempts) FILTER (WHERE p.bucket = 13), 0)
FROM pending p
-- A count that was pending for days comes too late for its minute.
JOIN units u ON u.begins IS NULL OR p.since >= u.begins
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (width, since, postback_id, destination_id, outcome) DO UPDATE SET
    attempts = c.attempts + excluded.attempts, milliseconds = c.milliseconds + excluded.milliseconds,
    until_5 = c.until_5 + excluded.until_5, until_10 = c.until_10 + excluded.until_10, until_25 = c.until_25 + excluded.until_25,
    until_50 = c.until_50 + excluded.until_50, until_100 = c.until_100 + excluded.until_100,
    until_250 = c.until_250 + excluded.until_250, until_500 = c.until_500 + excluded.until_500,
    until_1000 = c.until_1000 + excluded.until_1000, until_2500 = c.until_2500 + excluded.until_2500,
    until_5000 = c.until_5000 + excluded.until_5000, until_10000 = c.until_10000 + excluded.until_10000,
    until_20000 = c.until_20000 + excluded.until_20000, longer = c.longer + excluded.longer
