-- Changes a postback whose version is still $2. Stores nothing when it is deleted or has another version, or when a goal
-- is to be set that is unknown or while the offer's goals are off. $3 says whether a goal is to be set or cleared.
-- $18, $19, $20 and $23 say which columns with secrets are set; the others may have been sealed anew since they were read.
-- What it owes goes to where it goes now; $17 resumes it, which makes due what was held, in the order of its ids. With $22
-- what waits for a retry is due at once when the request has changed. What moves keeps its place in the order: later events
-- of its conversion wait for it as long as they would have, and from the resumption on for what was held (R10).
WITH asked AS MATERIALIZED (
    SELECT p.id, p.offer_id, p.version,
        $22::boolean AND (
            p.url <> $6 OR p.http_type <> $7
            OR $18::boolean AND p.basic_auth::text IS DISTINCT FROM $9
            OR $23::boolean AND p.request_params::text IS DISTINCT FROM $10
            OR $19::boolean AND p.request_headers::text IS DISTINCT FROM $11
            OR $20::boolean AND p.signing_secret::text IS DISTINCT FROM $12
        ) AS retries_now,
        $3::boolean AND $4::text IS NOT NULL AND g.id IS NULL AS goal_unknown,
        $3::boolean AND $4::text IS NOT NULL AND NOT coalesce(o.goals_enabled, false) AS goals_off
    FROM postbacks p
    LEFT JOIN offers o ON o.id = p.offer_id
    LEFT JOIN goals g ON g.offer_id = p.offer_id AND g.id = $4
    WHERE p.id = $1::bigint AND p.deleted_at IS NULL
    FOR UPDATE OF p
), accepted AS (
    SELECT id, retries_now FROM asked WHERE version = $2::int AND NOT goal_unknown AND NOT goals_off
), destination AS (
    INSERT INTO destinations AS d (origin) SELECT $8 FROM accepted
    ON CONFLICT (origin) DO UPDATE SET origin = excluded.origin
    RETURNING d.id
), changed AS (
    UPDATE postbacks p SET
        goal_id = CASE WHEN $3::boolean THEN $4 ELSE p.goal_id END,
        conversion_status = coalesce($5, p.conversion_status),
        url = $6, http_type = $7, destination_id = d.id,
        basic_auth = CASE WHEN $18::boolean THEN $9::json ELSE p.basic_auth END,
        request_params = CASE WHEN $23::boolean THEN $10::json ELSE p.request_params END,
        request_headers = CASE WHEN $19::boolean THEN $11::json ELSE p.request_headers END,
        signing_secret = CASE WHEN $20::boolean THEN $12::json ELSE p.signing_secret END,
        omit_empty_params = $13::boolean, skip_when_empty = $14::json, success_when = $15::json,
        active = coalesce($16::boolean, p.active),
        send_overtaken = coalesce($21::boolean, p.send_overtaken),
        paused_at = CASE WHEN $17::boolean THEN NULL ELSE p.paused_at END,
        paused_reason = CASE WHEN $17::boolean THEN NULL ELSE p.paused_reason END,
        version = p.version + 1, updated_at = now()
    FROM accepted a, destination d
    WHERE p.id = a.id
    RETURNING p.*
), remembered AS (
    INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
    SELECT id, version, conversion_status, goal_id, active, url FROM changed
), moved AS (
    UPDATE outbox o SET
        destination_id = c.destination_id,
        due_at = CASE
            WHEN $17::boolean AND o.due_at = 'infinity' THEN now()
            WHEN a.retries_now AND o.attempt > 0 AND isfinite(o.due_at) THEN least(o.due_at, now())
            ELSE o.due_at
        END,
        hold_from = CASE
            WHEN $17::boolean AND o.due_at = 'infinity' THEN now()
            WHEN o.destination_id <> c.destination_id THEN coalesce(o.hold_from, o.owed_at)
            ELSE o.hold_from
        END
    FROM changed c JOIN accepted a ON a.id = c.id
    WHERE o.postback_id = c.id AND (o.lease_until IS NULL OR o.lease_until <= now())
        AND (
            o.destination_id <> c.destination_id
            OR $17::boolean AND o.due_at = 'infinity'
            OR a.retries_now AND o.attempt > 0 AND o.due_at > now() AND isfinite(o.due_at)
        )
)
SELECT a.version, a.goal_unknown, a.goals_off, (SELECT version FROM changed) AS new_version
FROM asked a
