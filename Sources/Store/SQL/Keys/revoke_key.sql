-- Revokes a key, and returns whether it was still unrevoked before. It returns no row if there is no such key.
UPDATE api_keys k SET revoked_at = coalesce(k.revoked_at, now())
FROM (SELECT id, revoked_at FROM api_keys WHERE id = @id::bigint FOR UPDATE) before
WHERE k.id = before.id
RETURNING k.name, before.revoked_at IS NULL AS is_new
