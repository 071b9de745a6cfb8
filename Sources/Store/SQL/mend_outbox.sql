-- What was recorded in the very moment in which its postback was resumed is still held: makes it due.
UPDATE outbox o SET due_at = now()
FROM destinations d, postbacks p
WHERE o.destination_id = d.id AND o.due_at = 'infinity' AND o.lease_until IS NULL
    AND p.id = o.postback_id AND p.paused_at IS NULL AND p.deleted_at IS NULL
