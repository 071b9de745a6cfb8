-- Lists all keys in the order of their creation. No column shows a digest.
SELECT id, name, scope, affiliate_id, offer_id, rfc3339(created_at) AS created_at, rfc3339(expires_at) AS expires_at,
    rfc3339(revoked_at) AS revoked_at, rfc3339(used_at) AS used_at,
    CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'valid' END AS state
FROM api_keys
ORDER BY id
