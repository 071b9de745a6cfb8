-- Counts attempts from @since on and before @until, both at the beginning of a @unit (minute, hour or day) of @width seconds, for
-- each unit, key and outcome. @grouped_by is the kind of key: postback, destination, affiliate, offer or outcome. If it is null,
-- all attempts have one key, which is ''. A postback for every offer or affiliate has the key *. The result has the @series_limit
-- keys with the most attempts; series_count is the number of all. A null filter is not applied. buckets has the columns of
-- attempt_counts from until_5 on.
WITH matching AS MATERIALIZED (
    SELECT p.id, coalesce(p.offer_id, '*') AS offer_id, coalesce(p.affiliate_id, '*') AS affiliate_id
    FROM postbacks p
    WHERE (@postback_id::bigint IS NULL OR p.id = @postback_id)
        AND (@offer_id::text IS NULL OR p.offer_id = @offer_id)
        AND (@affiliate_id::text IS NULL OR p.affiliate_id = @affiliate_id)
), grouped AS MATERIALIZED (
    SELECT CASE @grouped_by::text
            WHEN 'postback' THEN c.postback_id::text
            WHEN 'destination' THEN d.origin
            WHEN 'affiliate' THEN m.affiliate_id
            WHEN 'offer' THEN m.offer_id
            WHEN 'outcome' THEN c.outcome
            ELSE ''
        END AS key,
        date_trunc(@unit, c.since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS since, c.outcome, sum(c.attempts) AS attempts,
        sum(c.milliseconds) AS milliseconds,
        sum(until_5) AS until_5, sum(until_10) AS until_10, sum(until_25) AS until_25, sum(until_50) AS until_50,
        sum(until_100) AS until_100, sum(until_250) AS until_250, sum(until_500) AS until_500, sum(until_1000) AS until_1000,
        sum(until_2500) AS until_2500, sum(until_5000) AS until_5000, sum(until_10000) AS until_10000,
        sum(until_20000) AS until_20000, sum(longer) AS longer
    FROM counted_attempts c
    JOIN matching m ON m.id = c.postback_id
    JOIN destinations d ON d.id = c.destination_id
    WHERE c.width = @width::int AND c.since >= @since::timestamptz AND c.since < @until::timestamptz
        AND (@postback_id::bigint IS NULL OR c.postback_id = @postback_id)
        AND (@destinations::text[] IS NULL OR d.origin = ANY (@destinations))
        AND (@outcome::text IS NULL OR c.outcome = @outcome)
    GROUP BY 1, 2, 3
), series AS MATERIALIZED (
    SELECT key, sum(attempts) AS attempts, count(*) OVER () AS series_count
    FROM grouped GROUP BY key
    ORDER BY sum(attempts) DESC, key
    LIMIT @series_limit::bigint
)
SELECT s.key, extract(epoch FROM g.since)::bigint AS since, g.outcome, g.attempts::bigint AS attempts,
    round(g.milliseconds)::bigint AS milliseconds,
    ARRAY[
        g.until_5, g.until_10, g.until_25, g.until_50, g.until_100, g.until_250, g.until_500, g.until_1000, g.until_2500,
        g.until_5000, g.until_10000, g.until_20000, g.longer
    ]::bigint[] AS buckets,
    s.series_count
FROM series s JOIN grouped g ON g.key = s.key
ORDER BY s.attempts DESC, s.key, g.since, g.outcome
