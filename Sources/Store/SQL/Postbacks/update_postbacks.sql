-- Changes a batch of postbacks (@ids, no id twice), one for each line of the arrays, whose versions are still those in @versions.
-- A line is not stored if its postback is deleted or has another version, or if it sets a goal that is unknown or sets one while
-- the offer's goals are off. @sets_goal says whether the goal is set or cleared. @sets_auth, @sets_params, @sets_headers and
-- @sets_signing say which columns with secrets are set; the others may have been sealed anew since they were read. With
-- @all_or_none no line is stored if one of them is not. The result has one row for each line; the row has no id if the postback
-- does not exist.
-- Deliveries that a postback owes move to the destination of its new URL. @resumes ends a pause: held deliveries become due, in
-- the order of their ids. With @retries_now deliveries that wait for a retry become due at once if the request has changed. A
-- delivery that moves keeps its place in the order (R10): later events of its conversion wait for it as long as they would have
-- without the move, and for a held one from the resumption on.
WITH input AS MATERIALIZED (
    SELECT i.*
    FROM unnest(@ids::bigint[], @versions::int[], @sets_goal::boolean[], @goal_ids::text[], @conversion_statuses::text[],
        @urls::text[], @http_types::text[], @origins::text[],
        @basic_auths::text[], @request_params::text[], @request_headers::text[], @signing_secrets::text[],
        @omit_empty_params::boolean[], @skip_when_empty::text[], @success_when::text[],
        @active::boolean[], @resumes::boolean[], @sets_auth::boolean[], @sets_headers::boolean[], @sets_signing::boolean[],
        @send_overtaken::boolean[], @retries_now::boolean[], @sets_params::boolean[]) WITH ORDINALITY
        AS i(id, version, sets_goal, goal_id, conversion_status,
            url, http_type, origin,
            basic_auth, request_params, request_headers, signing_secret,
            omit_empty_params, skip_when_empty, success_when,
            active, resumes, sets_auth, sets_headers, sets_signing,
            send_overtaken, retries_now, sets_params, line)
), asked AS MATERIALIZED (
    SELECT i.line, p.id, p.offer_id, p.version = i.version AS is_current,
        i.retries_now AND (
            p.url <> i.url OR p.http_type <> i.http_type
            OR i.sets_auth AND p.basic_auth::text IS DISTINCT FROM i.basic_auth
            OR i.sets_params AND p.request_params::text IS DISTINCT FROM i.request_params
            OR i.sets_headers AND p.request_headers::text IS DISTINCT FROM i.request_headers
            OR i.sets_signing AND p.signing_secret::text IS DISTINCT FROM i.signing_secret
        ) AS retries_now,
        i.sets_goal AND i.goal_id IS NOT NULL AND g.id IS NULL AS goal_unknown,
        i.sets_goal AND i.goal_id IS NOT NULL AND NOT coalesce(o.goals_enabled, false) AS goals_off
    FROM input i
    CROSS JOIN LATERAL (
        SELECT * FROM postbacks p WHERE p.id = i.id AND p.deleted_at IS NULL FOR UPDATE OF p
    ) p
    LEFT JOIN offers o ON o.id = p.offer_id
    LEFT JOIN goals g ON g.offer_id = p.offer_id AND g.id = i.goal_id
), accepted AS MATERIALIZED (
    SELECT i.*, a.retries_now AS makes_due FROM input i JOIN asked a ON a.line = i.line
    WHERE a.is_current AND NOT a.goal_unknown AND NOT a.goals_off
        AND (NOT @all_or_none::boolean OR NOT EXISTS (
            SELECT FROM input other LEFT JOIN asked b ON b.line = other.line
            WHERE (b.is_current AND NOT b.goal_unknown AND NOT b.goals_off) IS NOT TRUE
        ))
), led_to AS MATERIALIZED (
    SELECT id, origin FROM find_or_add_destinations(ARRAY(SELECT origin FROM accepted))
), changed AS (
    UPDATE postbacks p SET
        goal_id = CASE WHEN i.sets_goal THEN i.goal_id ELSE p.goal_id END,
        conversion_status = coalesce(i.conversion_status, p.conversion_status),
        url = i.url, http_type = i.http_type, destination_id = d.id,
        basic_auth = CASE WHEN i.sets_auth THEN i.basic_auth::json ELSE p.basic_auth END,
        request_params = CASE WHEN i.sets_params THEN i.request_params::json ELSE p.request_params END,
        request_headers = CASE WHEN i.sets_headers THEN i.request_headers::json ELSE p.request_headers END,
        signing_secret = CASE WHEN i.sets_signing THEN i.signing_secret::json ELSE p.signing_secret END,
        omit_empty_params = i.omit_empty_params, skip_when_empty = i.skip_when_empty::json,
        success_when = i.success_when::json,
        active = coalesce(i.active, p.active),
        send_overtaken = coalesce(i.send_overtaken, p.send_overtaken),
        paused_at = CASE WHEN i.resumes THEN NULL ELSE p.paused_at END,
        paused_reason = CASE WHEN i.resumes THEN NULL ELSE p.paused_reason END,
        version = p.version + 1, updated_at = now()
    FROM accepted i
    JOIN led_to d ON d.origin = i.origin
    WHERE p.id = i.id
    RETURNING p.*, i.line, i.resumes, i.makes_due
), remembered AS (
    INSERT INTO postback_versions (postback_id, version, conversion_status, goal_id, active, url)
    SELECT id, version, conversion_status, goal_id, active, url FROM changed
), owing AS (
    -- The held deliveries become due a microsecond apart: those that are due at the same time have no order.
    SELECT o.id AS delivery_id, c.destination_id, c.resumes, c.makes_due,
        count(*) FILTER (WHERE o.due_at = 'infinity') OVER (PARTITION BY o.postback_id ORDER BY o.id) AS place
    FROM changed c
    JOIN outbox o ON o.postback_id = c.id
), moved AS (
    UPDATE outbox o SET
        destination_id = c.destination_id,
        due_at = CASE
            WHEN c.resumes AND o.due_at = 'infinity' THEN now() + c.place * interval '1 microsecond'
            WHEN c.makes_due AND o.attempt > 0 AND isfinite(o.due_at) THEN least(o.due_at, now())
            ELSE o.due_at
        END,
        hold_from = CASE
            WHEN c.resumes AND o.due_at = 'infinity' THEN now()
            WHEN o.destination_id <> c.destination_id THEN coalesce(o.hold_from, o.owed_at)
            ELSE o.hold_from
        END
    FROM owing c
    WHERE o.id = c.delivery_id AND (o.lease_until IS NULL OR o.lease_until <= now())
        AND (
            o.destination_id <> c.destination_id
            OR c.resumes AND o.due_at = 'infinity'
            OR c.makes_due AND o.attempt > 0 AND o.due_at > now() AND isfinite(o.due_at)
        )
)
SELECT a.id, a.offer_id, a.goal_unknown, a.goals_off, c.version AS new_version
FROM input i
LEFT JOIN asked a ON a.line = i.line
LEFT JOIN changed c ON c.line = i.line
ORDER BY i.line
