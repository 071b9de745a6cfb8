-- Under which keys, by their ids, secrets of postbacks that are not deleted are sealed: how many, and the last 20 postbacks that
-- have some, as an array of their ids. What names no key that can be is a damaged row's own matter.
SELECT s.key_id, count(*) AS count,
    ((array_agg(DISTINCT p.id))[greatest(count(DISTINCT p.id) - 19, 1):])::text AS postbacks
FROM postbacks p
CROSS JOIN LATERAL (
    SELECT p.basic_auth -> 'password' ->> 'sealed' AS sealed WHERE json_typeof(p.basic_auth -> 'password') = 'object'
    UNION ALL
    SELECT p.basic_auth -> 'token' ->> 'sealed' WHERE json_typeof(p.basic_auth -> 'token') = 'object'
    UNION ALL
    SELECT p.signing_secret ->> 'sealed' WHERE json_typeof(p.signing_secret) = 'object'
    UNION ALL
    SELECT h.value ->> 'sealed' FROM json_each(p.request_headers) h WHERE json_typeof(h.value) = 'object'
    UNION ALL
    SELECT (regexp_matches(p.request_params::text, '\{"sealed":"(v2\.[^"\\]+)"\}', 'g'))[1]
) found
CROSS JOIN LATERAL (
    SELECT split_part(found.sealed, '.', 2) AS key_id
) s
WHERE p.deleted_at IS NULL AND (found.sealed LIKE 'v1.%.%' OR found.sealed LIKE 'v2.%.%')
    AND s.key_id ~ '^[A-Za-z0-9_-]{1,32}$'
GROUP BY s.key_id
ORDER BY s.key_id
