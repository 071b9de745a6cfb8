-- Locks postbacks ($1) in one order everywhere, so that transactions that change several do not wait for each other in a ring.
SELECT id FROM postbacks WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
