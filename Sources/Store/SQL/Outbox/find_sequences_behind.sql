-- Finds the sequences whose next id is taken already, and the value to which each has to be set.
SELECT name, next_id, last_id FROM sequences_behind() ORDER BY name
