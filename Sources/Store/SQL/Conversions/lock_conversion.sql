-- Serialises the changes of one conversion (@conversion_id). A statement that waited for the lock while it runs would not see the
-- event that the change before it has added.
SELECT id FROM conversions WHERE id = @conversion_id::bigint FOR UPDATE
