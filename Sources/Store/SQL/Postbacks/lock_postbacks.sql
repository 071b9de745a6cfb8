-- Locks postbacks (@postback_ids) in the order of their ids, so that transactions that change several do not deadlock.
SELECT id FROM postbacks WHERE id = ANY (@postback_ids::bigint[]) ORDER BY id FOR UPDATE
