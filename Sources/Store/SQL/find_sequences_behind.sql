-- The sequences that would give an id that is taken, and to what they are to be set.
SELECT name, next_id, last_id FROM sequences_behind() ORDER BY name
