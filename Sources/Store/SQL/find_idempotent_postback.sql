SELECT id, fingerprint FROM postbacks WHERE idempotency_key = $1
