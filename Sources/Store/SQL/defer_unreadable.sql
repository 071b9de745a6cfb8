-- Lets those deliveries wait for an hour that are due to destinations (@destination_ids) and cannot be read, and says why each
-- cannot be.
SELECT delivery_id, reason FROM defer_unreadable(@destination_ids::int[])
