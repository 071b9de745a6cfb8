-- Moves the pending counts of attempts into attempt_counts. Makes hours of the minutes that are older than @minute_days, and days of
-- the hours that are older than @hour_days: whole hours and days in UTC, those of the oldest day first, and no more than that day's
-- in one call. If another session does the same at that time, this one does nothing.
WITH permit AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtext('postbacks.attempt_counts')) AS is_given
), pending AS (
    DELETE FROM attempt_counts_pending USING permit WHERE permit.is_given RETURNING attempt_counts_pending.*
), steps(width, wider, unit, ends) AS MATERIALIZED (
    SELECT s.width, s.wider, s.unit,
        date_trunc(s.unit, now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - make_interval(days => s.days)
    FROM (VALUES (60, 3600, 'hour', @minute_days::int), (3600, 86400, 'day', @hour_days::int)) AS s(width, wider, unit, days)
), due AS MATERIALIZED (
    SELECT s.width, s.wider, s.unit, oldest.since AS begins, least(oldest.since + interval '1 day', s.ends) AS ends
    FROM permit
    CROSS JOIN steps s
    CROSS JOIN LATERAL (
        SELECT date_trunc('day', c.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS since
        FROM attempt_counts c WHERE c.width = s.width ORDER BY c.since LIMIT 1
    ) oldest
    WHERE permit.is_given
), old AS (
    DELETE FROM attempt_counts c USING due
    WHERE c.width = due.width AND c.since >= due.begins AND c.since < due.ends
    RETURNING c.*, due.wider, date_trunc(due.unit, c.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS wider_since
), counts AS (
    -- A count that was pending for days belongs to an hour, because its minute may be in old.
    SELECT CASE WHEN p.since < s.ends THEN 3600 ELSE 60 END AS width,
        CASE
            WHEN p.since < s.ends THEN date_trunc('hour', p.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
            ELSE p.since
        END AS since,
        p.postback_id, p.destination_id, p.outcome, p.attempts, p.milliseconds,
        CASE bucket WHEN 1 THEN attempts END AS until_5, CASE bucket WHEN 2 THEN attempts END AS until_10,
        CASE bucket WHEN 3 THEN attempts END AS until_25, CASE bucket WHEN 4 THEN attempts END AS until_50,
        CASE bucket WHEN 5 THEN attempts END AS until_100, CASE bucket WHEN 6 THEN attempts END AS until_250,
        CASE bucket WHEN 7 THEN attempts END AS until_500, CASE bucket WHEN 8 THEN attempts END AS until_1000,
        CASE bucket WHEN 9 THEN attempts END AS until_2500, CASE bucket WHEN 10 THEN attempts END AS until_5000,
        CASE bucket WHEN 11 THEN attempts END AS until_10000, CASE bucket WHEN 12 THEN attempts END AS until_20000,
        CASE bucket WHEN 13 THEN attempts END AS longer
    FROM pending p JOIN steps s ON s.width = 60
    UNION ALL
    SELECT wider, wider_since, postback_id, destination_id, outcome, attempts, milliseconds,
        until_5, until_10, until_25, until_50, until_100, until_250, until_500, until_1000, until_2500, until_5000, until_10000,
        until_20000, longer
    FROM old
)
INSERT INTO attempt_counts AS c (width, since, postback_id, destination_id, outcome, attempts, milliseconds, until_5, until_10,
    until_25, until_50, until_100, until_250, until_500, until_1000, until_2500, until_5000, until_10000, until_20000, longer)
SELECT width, since, postback_id, destination_id, outcome, sum(attempts), round(sum(milliseconds)), coalesce(sum(until_5), 0),
    coalesce(sum(until_10), 0), coalesce(sum(until_25), 0), coalesce(sum(until_50), 0), coalesce(sum(until_100), 0),
    coalesce(sum(until_250), 0), coalesce(sum(until_500), 0), coalesce(sum(until_1000), 0), coalesce(sum(until_2500), 0),
    coalesce(sum(until_5000), 0), coalesce(sum(until_10000), 0), coalesce(sum(until_20000), 0), coalesce(sum(longer), 0)
FROM counts
GROUP BY width, since, postback_id, destination_id, outcome
ON CONFLICT (width, since, postback_id, destination_id, outcome) DO UPDATE SET
    attempts = c.attempts + excluded.attempts, milliseconds = c.milliseconds + excluded.milliseconds,
    until_5 = c.until_5 + excluded.until_5, until_10 = c.until_10 + excluded.until_10, until_25 = c.until_25 + excluded.until_25,
    until_50 = c.until_50 + excluded.until_50, until_100 = c.until_100 + excluded.until_100,
    until_250 = c.until_250 + excluded.until_250, until_500 = c.until_500 + excluded.until_500,
    until_1000 = c.until_1000 + excluded.until_1000, until_2500 = c.until_2500 + excluded.until_2500,
    until_5000 = c.until_5000 + excluded.until_5000, until_10000 = c.until_10000 + excluded.until_10000,
    until_20000 = c.until_20000 + excluded.until_20000, longer = c.longer + excluded.longer
