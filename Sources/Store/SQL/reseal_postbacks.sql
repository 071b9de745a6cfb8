-- Stores secrets that were sealed anew, where they are still those that were read: of each of the postbacks @ids the columns as
-- they were (@old_…) and as they are to be (@new_…), as long as the URL is the one in @urls. What a caller sees is the same, so
-- version and updated_at stay. The rows are locked in the order of their ids, so that two of these wait for one another instead
-- of for ever.
WITH wanted AS MATERIALIZED (
    SELECT i.*
    FROM unnest(@ids::bigint[], @old_auths::text[], @new_auths::text[], @old_headers::text[], @new_headers::text[],
        @old_signing_secrets::text[], @new_signing_secrets::text[], @old_fingerprints::text[], @new_fingerprints::text[],
        @old_params::text[], @new_params::text[], @urls::text[])
        AS i(id, old_auth, new_auth, old_headers, new_headers,
            old_signing, new_signing, old_fingerprint, new_fingerprint,
            old_params, new_params, url)
), locked AS MATERIALIZED (
    SELECT p.id
    FROM postbacks p JOIN wanted w ON w.id = p.id
    WHERE p.basic_auth::text IS NOT DISTINCT FROM w.old_auth
        AND p.request_headers::text IS NOT DISTINCT FROM w.old_headers
        AND p.signing_secret::text IS NOT DISTINCT FROM w.old_signing
        AND p.fingerprint IS NOT DISTINCT FROM w.old_fingerprint
        AND p.request_params::text IS NOT DISTINCT FROM w.old_params
        AND p.url = w.url
    ORDER BY p.id
    FOR UPDATE OF p
)
UPDATE postbacks p SET
    basic_auth = w.new_auth::json, request_headers = w.new_headers::json, signing_secret = w.new_signing::json,
    fingerprint = w.new_fingerprint, request_params = w.new_params::json
FROM locked l JOIN wanted w ON w.id = l.id
WHERE p.id = l.id
RETURNING p.id
