SELECT postback_id, outcome, sum(attempts)::bigint AS attempts FROM counted_attempts GROUP BY postback_id, outcome
