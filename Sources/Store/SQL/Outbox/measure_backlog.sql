-- Counts the deliveries in the outbox, up to @count_limit, and tells for how many seconds the oldest that could be sent has been
-- due.
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT @count_limit::bigint) o) AS owed,
    (SELECT extract(epoch FROM now() - due.due_at)::bigint FROM oldest_due() due) AS oldest_due_seconds
