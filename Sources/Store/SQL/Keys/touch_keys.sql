-- Stores that these keys were used now. A key that was stored within the last minute is left as it is.
UPDATE api_keys SET used_at = now()
WHERE id = ANY (@ids::bigint[]) AND (used_at IS NULL OR used_at < now() - interval '1 minute')
