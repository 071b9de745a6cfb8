-- Stores the present time as the last use of these keys. A key whose last use is less than a minute old is not changed.
UPDATE api_keys SET used_at = now()
WHERE id = ANY (@ids::bigint[]) AND (used_at IS NULL OR used_at < now() - interval '1 minute')
