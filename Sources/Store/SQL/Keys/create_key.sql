-- Creates a key. @seconds is how long it is valid; null: for ever. @digest is the SHA-256 of its secret.
INSERT INTO api_keys (name, scope, digest, expires_at)
VALUES (@name::text, @scope::text, @digest::bytea, now() + make_interval(secs => @seconds::float8))
RETURNING id, rfc3339(expires_at) AS expires_at
