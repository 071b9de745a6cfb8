-- Drops the conversions among the next @limit behind @after_id that are finished and older than @keep_days, with their events and
-- deliveries; @with_records returns them. The function drop_history says which stay.
SELECT dropped, deliveries, last_id, records
FROM drop_history(@keep_days::int, @after_id::bigint, @limit::int, @with_records::boolean)
