-- Lets backfills with the same number (@lock, made of the postback's id) happen one after the other.
SELECT pg_advisory_xact_lock(hashtext('postbacks.backfill'), @lock::int)
