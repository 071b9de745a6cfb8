-- Serialises backfills with the same number (@lock, made from the postback's id).
SELECT pg_advisory_xact_lock(hashtext('postbacks.backfill'), @lock::int)
