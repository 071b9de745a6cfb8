-- Lists all attempts of deliveries (@delivery_ids). Each delivery's attempts lie between two times (@tried_from, @tried_until, in
-- seconds since 1970), and all of them between @first and @last. By the latter the planner skips the partitions of other days; by
-- the former each look-up skips the days that are not its own. A delivery without an attempt has no row. With @brief only the
-- values for a line of a table are returned, without headers and bodies.
SELECT k.id, t.count, t.attempts
FROM unnest(@delivery_ids::bigint[], @tried_from::float8[], @tried_until::float8[]) AS k(id, tried_from, tried_until)
CROSS JOIN LATERAL (
    -- A probe found no connection and used up no attempt.
    SELECT count(*) FILTER (WHERE NOT t.probe) AS count,
        -- These are JSON objects. json_build_object takes longer, because it looks up the type of each value in each row.
        '[' || string_agg(CASE WHEN @brief::boolean THEN concat(
            '{"at":"', rfc3339(t.at), '","outcome":"', t.outcome,
            '","request":{"method":', coalesce((t.request -> 'method')::text, 'null'),
            ',"url":', coalesce((t.request -> 'url')::text, 'null'),
            '},"response":{"status":', coalesce((t.response -> 'status')::text, 'null'),
            '},"error":{"code":', coalesce((t.error -> 'code')::text, 'null'), '}}')
        ELSE concat(
            '{"attempt":', t.attempt, ',"at":"', rfc3339(t.at), '","outcome":"', t.outcome,
            '","probe":', CASE WHEN t.probe THEN 'true' ELSE 'false' END,
            ',"postbackVersion":', coalesce(t.postback_version::text, 'null'),
            ',"request":', coalesce(t.request::text, 'null'), ',"response":', coalesce(t.response::text, 'null'),
            ',"error":', coalesce(t.error::text, 'null'), ',"timing":', coalesce(t.timing::text, 'null'),
            ',"remoteAddress":', coalesce(to_json(t.remote_address)::text, 'null'),
            ',"retryInSeconds":', coalesce(t.retry_in_seconds::text, 'null'), '}')
        END, ',' ORDER BY t.lease_no) || ']' AS attempts
    FROM attempts t
    WHERE t.delivery_id = k.id
        AND t.at BETWEEN to_timestamp(k.tried_from) AND to_timestamp(k.tried_until)
        AND t.at BETWEEN to_timestamp(@first::float8) AND to_timestamp(@last::float8)
) t
WHERE t.attempts IS NOT NULL
