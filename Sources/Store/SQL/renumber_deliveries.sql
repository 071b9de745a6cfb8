-- Gives owed deliveries ($1) whose ids are taken by finished ones ids of their own, before anything is sent under them.
UPDATE outbox o SET
    id = nextval('outbox_id_seq'),
    due_at = CASE WHEN isfinite(o.due_at) THEN now() ELSE o.due_at END
WHERE o.id = ANY ($1::bigint[]) AND o.lease_until IS NULL AND EXISTS (SELECT FROM deliveries d WHERE d.id = o.id)
