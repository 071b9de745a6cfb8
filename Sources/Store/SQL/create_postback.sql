-- Creates a postback with an id made before ($1), because its secrets are bound to that id. Null instead of an offer or
-- affiliate means every one. Stores nothing when something is unknown, a goal is given while the offer's goals are off, or
-- the idempotency key is taken.
WITH asked AS MATERIALIZED (
    SELECT o.id IS NULL AND $2::text IS NOT NULL AS offer_unknown,
        a.id IS NULL AND $3::text IS NOT NULL AS affiliate_unknown,
        g.id IS NULL AND $4::text IS NOT NULL AS goal_unknown,
        $4::text IS NOT NULL AND NOT coalesce(o.goals_enabled, true) AS goals_off
    FROM (SELECT 1) one
    LEFT JOIN offers o ON o.id = $2
    LEFT JOIN affiliates a ON a.id = $3
    LEFT JOIN goals g ON g.offer_id = $2 AND g.id = $4
), accepted AS (
    SELECT FROM asked WHERE NOT (offer_unknown OR affiliate_unknown OR goal_unknown OR goals_off)
), destination AS (
    INSERT INTO destinations AS d (origin) SELECT $8 FROM accepted
    ON CONFLICT (origin) DO UPDATE SET origin = excluded.origin
    RETURNING d.id
), created AS (
    INSERT INTO postbacks AS p (id, offer_id, affiliate_id, goal_id, conversion_status, url, http_type, destination_id,
        basic_auth, request_params, request_headers, signing_secret, omit_empty_params, skip_when_empty, success_when,
        active, idempotency_key, fingerprint, send_overtaken)
    SELECT $1::bigint, $2, $3, $4, $5, $6, $7, d.id,
        $9::json, $10::json, $11::json, $12::json, $13::boolean, $14::json, $15::json,
        $16::boolean, $17, $18, $19::boolean
    FROM destination d
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING p.id, p.version, p.conversion_status, p.goal_id, p.active, p.url
), remembered AS (
    INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
    SELECT id, version, conversion_status, goal_id, active, url FROM created
)
SELECT a.offer_unknown, a.affiliate_unknown, a.goal_unknown, a.goals_off, (SELECT id FROM created) AS id
FROM asked a
