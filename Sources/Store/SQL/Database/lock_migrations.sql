-- Waits until no other program migrates. The advisory lock with the number @key is held until the end of the transaction.
SELECT pg_advisory_xact_lock(@key::bigint)
