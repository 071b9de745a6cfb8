-- Lets what changes one conversion (@conversion_id) happen one after the other: a statement that waited in its own middle would
-- not see the event that the change before it has added.
SELECT id FROM conversions WHERE id = @conversion_id::bigint FOR UPDATE
