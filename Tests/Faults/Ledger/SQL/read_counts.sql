SELECT postback_id, outcome, sum(attempts)::bigint AS attempts FROM counted_attempts WHERE width = 60 GROUP BY postback_id, outcome
