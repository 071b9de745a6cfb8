-- How many deliveries are owed, counted up to @count_limit, and for how many seconds the oldest one that could be sent has been
-- due.
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT @count_limit::bigint) o) AS owed,
    (SELECT extract(epoch FROM now() - due.due_at)::bigint FROM oldest_due() due) AS oldest_due_seconds
