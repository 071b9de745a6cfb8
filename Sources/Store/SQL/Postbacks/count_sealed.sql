-- Counts the sealed secrets for each key id. A text that is not sealed does not count. "live" counts those that may still be
-- sent: secrets of postbacks that are not deleted, under a valid key id. "postbacks" is an array of the ids of the last 20
-- postbacks that have live ones.
SELECT s.key_id, count(*) AS count, count(*) FILTER (WHERE s.is_live) AS live,
    ((array_agg(DISTINCT s.id) FILTER (WHERE s.is_live))[greatest(count(DISTINCT s.id) FILTER (WHERE s.is_live) - 19, 1):])::text
        AS postbacks
FROM (
    SELECT p.id, split_part(found.sealed, '.', 2) AS key_id,
        p.deleted_at IS NULL AND found.may_be_sent
            AND split_part(found.sealed, '.', 2) ~ '^[A-Za-z0-9_-]{1,32}$' AS is_live
    FROM postbacks p
    CROSS JOIN LATERAL (
        SELECT p.basic_auth -> 'password' ->> 'sealed' AS sealed, true AS may_be_sent
        WHERE json_typeof(p.basic_auth -> 'password') = 'object'
        UNION ALL
        SELECT p.basic_auth -> 'token' ->> 'sealed', true WHERE json_typeof(p.basic_auth -> 'token') = 'object'
        UNION ALL
        SELECT p.signing_secret ->> 'sealed', true WHERE json_typeof(p.signing_secret) = 'object'
        UNION ALL
        SELECT h.value ->> 'sealed', true FROM json_each(p.request_headers) h WHERE json_typeof(h.value) = 'object'
        UNION ALL
        -- Sealed values may stand at any depth. The search is in the text, because a number may be too large for jsonb. Inside a
        -- string the quotes would be escaped.
        SELECT (regexp_matches(p.request_params::text, '\{"sealed":"(v2\.[^"\\]+)"\}', 'g'))[1], true
        UNION ALL
        SELECT p.fingerprint, false WHERE p.fingerprint LIKE 'v1.%'
    ) found
    WHERE found.sealed LIKE 'v1.%.%' OR found.sealed LIKE 'v2.%.%'
) s
GROUP BY s.key_id
ORDER BY s.key_id
