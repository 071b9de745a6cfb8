-- Every attempt of some deliveries ($1), each made between two times ($2, $3, in seconds since 1970), and all between $4 and $5:
-- the planner leaves out the days before and after those, and each look-up the days that are not its own. A delivery without
-- an attempt has no row. $6 asks only for what a line of a table shows, not for headers and bodies.
SELECT k.id, t.count, t.attempts
FROM unnest($1::bigint[], $2::float8[], $3::float8[]) AS k(id, tried_from, tried_until)
CROSS JOIN LATERAL (
    -- A probe found no connection, and spent no attempt.
    SELECT count(*) FILTER (WHERE NOT t.probe) AS count,
        json_agg(CASE WHEN $6::boolean THEN
            json_build_object('at', rfc3339(t.at), 'outcome', t.outcome,
                'request', json_build_object('method', t.request -> 'method', 'url', t.request -> 'url'),
                'response', json_build_object('status', t.response -> 'status'),
                'error', json_build_object('code', t.error -> 'code'))
        ELSE json_build_object('attempt', t.attempt, 'at', rfc3339(t.at), 'outcome', t.outcome, 'probe', t.probe,
            'postbackVersion', t.postback_version, 'request', t.request, 'response', t.response, 'error', t.error,
            'timing', t.timing, 'remoteAddress', t.remote_address, 'retryInSeconds', t.retry_in_seconds)
        END ORDER BY t.lease_no) AS attempts
    FROM attempts t
    WHERE t.delivery_id = k.id
        AND t.at BETWEEN to_timestamp(k.tried_from) AND to_timestamp(k.tried_until)
        AND t.at BETWEEN to_timestamp($4::float8) AND to_timestamp($5::float8)
) t
WHERE t.attempts IS NOT NULL
