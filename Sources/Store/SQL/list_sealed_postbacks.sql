-- Postbacks that may have something sealed, deleted ones too, in the order of their ids: behind an id ($1), at most $2; or
-- those with certain ids ($3).
SELECT p.id, p.url, d.origin, p.basic_auth, p.request_params, p.request_headers, p.signing_secret, p.fingerprint
FROM postbacks p
JOIN destinations d ON d.id = p.destination_id
WHERE p.id > $1::bigint
    AND ($3::bigint[] IS NULL OR p.id = ANY ($3))
    AND (num_nonnulls(p.basic_auth, p.request_params, p.request_headers, p.signing_secret) > 0 OR p.fingerprint LIKE 'v1.%')
ORDER BY p.id
LIMIT $2::bigint
