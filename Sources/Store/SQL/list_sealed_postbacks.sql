-- Postbacks that may have something sealed, deleted ones too, in the order of their ids: behind an id ($1), at most $2; or
-- those with certain ids ($3).
SELECT id, basic_auth, request_headers, signing_secret, fingerprint
FROM postbacks
WHERE id > $1::bigint
    AND ($3::bigint[] IS NULL OR id = ANY ($3))
    AND (num_nonnulls(basic_auth, request_headers, signing_secret) > 0 OR fingerprint LIKE 'v1.%')
ORDER BY id
LIMIT $2::bigint
