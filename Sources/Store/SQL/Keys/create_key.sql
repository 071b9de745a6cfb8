-- Creates a key. It is valid for @seconds, or for ever if that is null. @digest is the SHA-256 of its secret. @affiliate_id and
-- @offer_id are its limits; null does not limit.
INSERT INTO api_keys (name, scope, digest, expires_at, affiliate_id, offer_id)
VALUES (@name::text, @scope::text, @digest::bytea, now() + make_interval(secs => @seconds::float8), @affiliate_id::text,
    @offer_id::text)
RETURNING id, rfc3339(expires_at) AS expires_at
