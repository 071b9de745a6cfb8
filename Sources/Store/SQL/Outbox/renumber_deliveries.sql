-- Gives new ids to owed deliveries (@delivery_ids) whose ids finished deliveries already have, before anything is sent under
-- these ids.
UPDATE outbox o SET
    id = nextval('outbox_id_seq'),
    due_at = CASE WHEN isfinite(o.due_at) THEN now() ELSE o.due_at END
WHERE o.id = ANY (@delivery_ids::bigint[]) AND o.lease_until IS NULL AND EXISTS (SELECT FROM deliveries d WHERE d.id = o.id)
