-- Creates a batch of postbacks, one for each line of the arrays. Their ids (@ids) were reserved before, because their secrets are
-- bound to the ids. A null offer or affiliate means all. A line is not stored if it names something unknown, if it gives a goal
-- while the offer's goals are off, or if its idempotency key is taken. The result has one row for each line.
WITH input AS MATERIALIZED (
    SELECT i.*
    FROM unnest(@ids::bigint[], @offer_ids::text[], @affiliate_ids::text[], @goal_ids::text[], @conversion_statuses::text[],
        @urls::text[], @http_types::text[], @origins::text[],
        @basic_auths::text[], @request_params::text[], @request_headers::text[], @signing_secrets::text[],
        @omit_empty_params::boolean[], @skip_when_empty::text[], @success_when::text[],
        @active::boolean[], @idempotency_keys::text[], @fingerprints::text[], @send_overtaken::boolean[]) WITH ORDINALITY
        AS i(id, offer_id, affiliate_id, goal_id, conversion_status,
            url, http_type, origin,
            basic_auth, request_params, request_headers, signing_secret,
            omit_empty_params, skip_when_empty, success_when,
            active, idempotency_key, fingerprint, send_overtaken, line)
), asked AS MATERIALIZED (
    SELECT i.line,
        o.id IS NULL AND i.offer_id IS NOT NULL AS offer_unknown,
        a.id IS NULL AND i.affiliate_id IS NOT NULL AS affiliate_unknown,
        g.id IS NULL AND i.goal_id IS NOT NULL AS goal_unknown,
        i.goal_id IS NOT NULL AND NOT coalesce(o.goals_enabled, true) AS goals_off
    FROM input i
    LEFT JOIN offers o ON o.id = i.offer_id
    LEFT JOIN affiliates a ON a.id = i.affiliate_id
    LEFT JOIN goals g ON g.offer_id = i.offer_id AND g.id = i.goal_id
), accepted AS MATERIALIZED (
    SELECT i.* FROM input i JOIN asked a ON a.line = i.line
    WHERE NOT (a.offer_unknown OR a.affiliate_unknown OR a.goal_unknown OR a.goals_off)
), led_to AS MATERIALIZED (
    SELECT id, origin FROM find_or_add_destinations(ARRAY(SELECT origin FROM accepted))
), created AS (
    INSERT INTO postbacks AS p (id, offer_id, affiliate_id, goal_id, conversion_status, url, http_type, destination_id,
        basic_auth, request_params, request_headers, signing_secret, omit_empty_params, skip_when_empty, success_when,
        active, idempotency_key, fingerprint, send_overtaken)
    SELECT i.id, i.offer_id, i.affiliate_id, i.goal_id, i.conversion_status, i.url, i.http_type, d.id,
        i.basic_auth::json, i.request_params::json, i.request_headers::json, i.signing_secret::json, i.omit_empty_params,
        i.skip_when_empty::json, i.success_when::json, i.active, i.idempotency_key, i.fingerprint, i.send_overtaken
    FROM accepted i
    JOIN led_to d ON d.origin = i.origin
    ORDER BY i.idempotency_key, i.line
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING p.id, p.version, p.conversion_status, p.goal_id, p.active, p.url
), remembered AS (
    INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
    SELECT id, version, conversion_status, goal_id, active, url FROM created
)
SELECT a.offer_unknown, a.affiliate_unknown, a.goal_unknown, a.goals_off, c.id
FROM asked a
JOIN input i ON i.line = a.line
LEFT JOIN created c ON c.id = i.id
ORDER BY a.line
