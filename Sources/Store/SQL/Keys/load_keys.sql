-- Loads the keys that are valid now with their limits, for the checks of requests. Each row has the milliseconds for which the
-- key stays valid (null: for ever), and whether the table has any key, valid or not. If no key is valid, there is one row without
-- an id.
SELECT k.id, k.name, k.scope, k.affiliate_id, k.offer_id, encode(k.digest, 'hex') AS digest,
    ceil(extract(epoch FROM k.expires_at - now()) * 1000)::bigint AS milliseconds, keys.exist
FROM (SELECT EXISTS (SELECT FROM api_keys) AS exist) keys
LEFT JOIN api_keys k ON k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
