-- Puts off by an hour those due deliveries to destinations (@destination_ids) that cannot be read, and returns the reason for
-- each.
SELECT delivery_id, reason FROM defer_unreadable(@destination_ids::int[])
