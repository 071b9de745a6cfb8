-- Holds what paused postbacks ($1) owe; what is in flight is held when it comes back.
UPDATE outbox SET due_at = 'infinity' WHERE postback_id = ANY ($1::bigint[]) AND lease_until IS NULL
