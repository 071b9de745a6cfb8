-- Stores secrets that were sealed anew, provided that the stored ones are still those that were read. For each of the postbacks
-- @ids it takes the columns as they were (@old_…) and as they shall be (@new_…); the URL must still be the one in @urls. Callers
-- see no difference, so version and updated_at stay. The rows are locked in the order of their ids, so that two such statements
-- do not deadlock.
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
