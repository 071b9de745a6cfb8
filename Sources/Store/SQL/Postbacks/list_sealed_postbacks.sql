-- Lists at most @count postbacks that may have sealed values, also deleted ones, in the order of their ids, behind an id
-- (@after_id); only those of @postback_ids, unless these are null.
SELECT p.id, p.url, d.origin, p.basic_auth, p.request_params, p.request_headers, p.signing_secret, p.fingerprint
FROM postbacks p
JOIN destinations d ON d.id = p.destination_id
WHERE p.id > @after_id::bigint
    AND (@postback_ids::bigint[] IS NULL OR p.id = ANY (@postback_ids))
    AND (num_nonnulls(p.basic_auth, p.request_params, p.request_headers, p.signing_secret) > 0 OR p.fingerprint LIKE 'v1.%')
ORDER BY p.id
LIMIT @count::bigint
