-- Under which keys, by their ids, how many secrets are sealed. What is no sealed text counts for no key.
SELECT split_part(s.sealed, '.', 2) AS key_id, count(*) AS count
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
    -- At any depth, and in text: a number may be larger than jsonb's. In a string the quotes would be escaped.
    SELECT (regexp_matches(p.request_params::text, '\{"sealed":"(v2\.[^"\\]+)"\}', 'g'))[1]
    UNION ALL
    SELECT p.fingerprint WHERE p.fingerprint LIKE 'v1.%'
) s
WHERE s.sealed LIKE 'v1.%.%' OR s.sealed LIKE 'v2.%.%'
GROUP BY 1
ORDER BY 1
