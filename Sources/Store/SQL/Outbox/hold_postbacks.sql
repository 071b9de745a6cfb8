-- Holds the deliveries that paused postbacks (@postback_ids) owe. A delivery in flight is held when it comes back.
UPDATE outbox SET due_at = 'infinity' WHERE postback_id = ANY (@postback_ids::bigint[]) AND lease_until IS NULL
