-- Waits until no other program migrates: the lock with the number @key is held until the transaction's end.
SELECT pg_advisory_xact_lock(@key::bigint)
