-- Locks postbacks (@postback_ids) in one order everywhere, so that transactions that change several do not wait for each other
-- in a ring.
SELECT id FROM postbacks WHERE id = ANY (@postback_ids::bigint[]) ORDER BY id FOR UPDATE
