-- What a moment between two transactions left behind. What its postback's pause or resumption missed is held if the postback
-- is paused, and due if it is not. What was in flight, or recorded, when its postback was sent elsewhere goes there too. What
-- waited for an earlier delivery to be due that has been finished in another way is due.
UPDATE outbox o SET
    destination_id = p.destination_id,
    due_at = CASE
        WHEN p.paused_at IS NOT NULL THEN 'infinity'
        WHEN o.due_at = 'infinity' OR o.attempt = 0 THEN least(o.due_at, now())
        ELSE o.due_at
    END,
    hold_from = CASE
        WHEN p.paused_at IS NULL AND o.due_at = 'infinity' THEN now()
        WHEN o.destination_id <> p.destination_id THEN coalesce(o.hold_from, o.owed_at)
        ELSE o.hold_from
    END
FROM postbacks p
WHERE p.id = o.postback_id AND p.deleted_at IS NULL AND (o.lease_until IS NULL OR o.lease_until <= now())
    AND (
        (o.due_at = 'infinity') <> (p.paused_at IS NOT NULL)
        OR o.destination_id <> p.destination_id
        OR o.attempt = 0 AND o.due_at > now() AND isfinite(o.due_at) AND NOT EXISTS (
            SELECT FROM outbox earlier
            WHERE earlier.conversion_id = o.conversion_id
                AND earlier.destination_id + 0 = o.destination_id
                AND earlier.sequence < o.sequence
        )
    )
