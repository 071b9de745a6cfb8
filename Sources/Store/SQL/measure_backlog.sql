-- What is owed, counted up to $1, and for how many seconds the oldest has been due of what could be sent.
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1::bigint) o) AS owed,
    (SELECT extract(epoch FROM now() - due.due_at)::bigint FROM oldest_due() due) AS oldest_due_seconds
