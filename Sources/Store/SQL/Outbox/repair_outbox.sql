-- Repairs rows that a concurrent transaction left behind: (1) holds or makes due the deliveries that their postback's pause or
-- resumption missed; (2) moves the deliveries that were in flight, or recorded, while the postback's URL changed, to its present
-- destination; (3) makes due the first attempts that waited for an earlier delivery that has since finished.
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
