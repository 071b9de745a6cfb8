-- What was recorded or released in the very moment in which its postback was paused or resumed: held if the postback is paused,
-- due if it is not.
UPDATE outbox o SET due_at = CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END
FROM postbacks p
WHERE p.id = o.postback_id AND p.deleted_at IS NULL AND o.lease_until IS NULL
    AND (o.due_at = 'infinity') <> (p.paused_at IS NOT NULL)
