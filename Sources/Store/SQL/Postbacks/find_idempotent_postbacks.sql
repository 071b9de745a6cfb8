-- Finds the postbacks that were created with idempotency keys (@keys).
SELECT k.key, p.id, p.fingerprint
FROM unnest(@keys::text[]) AS k(key)
CROSS JOIN LATERAL (SELECT p.id, p.fingerprint FROM postbacks p WHERE p.idempotency_key = k.key OFFSET 0) p
