-- Rules that several statements apply. The bodies of the first ones are texts, so that the planner inlines them with the
-- collations of the columns that they are called with; therefore their conditions can use the indexes of postbacks.

-- R2, R3: whether a postback's goal lets an event through. While the offer's goals are off, the goal does not count.
CREATE FUNCTION goal_fires(postback_goal text, goal text, goals_enabled boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT postback_goal IS NULL OR NOT goals_enabled OR postback_goal = goal $$;

-- R1 to R3: whether a postback fires on an event. The parameters are columns and not rows, because the recorder's role may read
-- only some of a postback's columns.
CREATE FUNCTION fires(postback_offer text, postback_affiliate text, postback_goal text, postback_status text, active boolean,
    deleted_at timestamptz, offer text, affiliate text, goal text, status text, goals_enabled boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT coalesce(postback_offer, '*') = ANY (ARRAY[offer, '*'])
    AND coalesce(postback_affiliate, '*') = ANY (ARRAY[affiliate, '*'])
    AND postback_status = status
    AND deleted_at IS NULL
    AND active
    AND goal_fires(postback_goal, goal, goals_enabled)
$$;

-- R6: whether the click of a conversion is known from another conversion that has the other of the two keys. It returns a set of
-- one row, because the planner inlines such a function although it reads a table.
CREATE FUNCTION click_known(offer text, goal text, transaction text, click text) RETURNS TABLE (click_known boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
AS $$
SELECT CASE
    WHEN click IS NULL THEN false
    WHEN transaction IS NULL THEN EXISTS (
        SELECT FROM conversions t
        WHERE t.offer_id = offer AND id_key(t.click_id) = id_key(click)
            AND t.click_id = click AND t.transaction_id IS NOT NULL
            AND coalesce(t.goal_id, '') = coalesce(goal, ''))
    ELSE EXISTS (
        SELECT FROM conversions t
        WHERE t.offer_id = offer AND id_key(t.click_id) = id_key(click)
            AND t.click_id = click AND t.transaction_id IS NULL
            AND coalesce(t.goal_id, '') = coalesce(goal, ''))
END
$$;

-- An event in the form that deliverPostback takes.
CREATE FUNCTION event_json(id bigint, sequence integer, status text, previous_status text, at timestamptz) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('id', id, 'sequence', sequence, 'status', status, 'previousStatus', previous_status,
    'at', rfc3339(at));

-- A postback in the form that deliverPostback takes. Its secrets are sealed.
CREATE FUNCTION postback_json(p postbacks) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('id', (p).id, 'version', (p).version, 'url', (p).url, 'httpType', (p).http_type,
    'basicAuth', (p).basic_auth, 'requestParams', (p).request_params, 'requestHeaders', (p).request_headers,
    'signingSecret', (p).signing_secret, 'omitEmptyParams', (p).omit_empty_params, 'skipWhenEmpty', (p).skip_when_empty,
    'successWhen', (p).success_when);

-- Whether a destination is half open, so that it is tried with one request at a time: it was blocked, and has been failing for no
-- longer than the retry schedule spans (in seconds).
CREATE FUNCTION half_open(blocks integer, failing_since timestamptz, schedule_span float8) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(blocks > 0 AND failing_since > now() - make_interval(secs => schedule_span), false);
