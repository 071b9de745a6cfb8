-- The postbacks that these idempotency keys ($1) have made.
SELECT k.key, p.id, p.fingerprint
FROM unnest($1::text[]) AS k(key)
CROSS JOIN LATERAL (SELECT p.id, p.fingerprint FROM postbacks p WHERE p.idempotency_key = k.key OFFSET 0) p
