-- What operators are told of the outbox, and of postbacks that are resumed.

-- The oldest of what is due, unleased and may be sent, and where it goes: what is held is due at infinity, and what goes to a
-- blocked destination waits for that. No row where nothing is due. Like a poller's look it skips through the index from the first
-- row of one kind of one destination to the first of the next.
CREATE FUNCTION oldest_due() RETURNS TABLE (destination_id integer, due_at timestamptz)
LANGUAGE sql STABLE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off
BEGIN ATOMIC
    WITH RECURSIVE walked(destination_id, again, due_at) AS (
        (
            SELECT o.destination_id, o.attempt > 0, o.due_at FROM outbox o
            WHERE o.lease_until IS NULL OR o.lease_until <= now()
            ORDER BY o.destination_id, (o.attempt > 0), o.due_at LIMIT 1
        )
        UNION ALL
        SELECT next.* FROM walked CROSS JOIN LATERAL (
            SELECT o.destination_id, o.attempt > 0, o.due_at FROM outbox o
            WHERE (o.destination_id, (o.attempt > 0)) > (walked.destination_id, walked.again)
                AND (o.lease_until IS NULL OR o.lease_until <= now())
            ORDER BY o.destination_id, (o.attempt > 0), o.due_at LIMIT 1
        ) next
    )
    SELECT w.destination_id, w.due_at
    FROM walked w
    CROSS JOIN LATERAL (
        SELECT FROM destinations d
        WHERE d.id = w.destination_id AND (d.blocked_until IS NULL OR d.blocked_until <= now())
        OFFSET 0
    ) unblocked
    WHERE w.due_at <= now()
    ORDER BY w.due_at LIMIT 1;
END;

-- Tells the pollers of a resumption: they log it, and look for what was held.
CREATE FUNCTION announce_resumption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('postbacks_outbox', 'resumed ' || NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER postbacks_resumed AFTER UPDATE OF paused_at ON postbacks FOR EACH ROW
    WHEN (OLD.paused_at IS NOT NULL AND NEW.paused_at IS NULL) EXECUTE FUNCTION announce_resumption();
