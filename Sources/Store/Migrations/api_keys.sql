-- The keys with which programs and people call the functions over HTTP. The table has the SHA-256 of a key's secret, never the
-- secret: it has 256 random bits, so that a slow hash would protect nothing more. A revoked key stays, so that the log of the
-- gateway keeps its meaning.
CREATE TABLE api_keys (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name <> '' AND length(name) <= 128),
    scope        text NOT NULL CHECK (scope IN ('record', 'manage', 'read')),
    digest       bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    affiliate_id text COLLATE "C" REFERENCES affiliates,  -- null: every affiliate
    offer_id     text COLLATE "C" REFERENCES offers,      -- null: every offer
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,  -- null: never
    revoked_at   timestamptz,
    used_at      timestamptz,  -- to the minute
    CHECK (expires_at > created_at)
) WITH (fillfactor = 50);
