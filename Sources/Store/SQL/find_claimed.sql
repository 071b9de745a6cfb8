-- What is in flight of postbacks with secrets: with $1, those of these deliveries whose lease $2 is still theirs.
SELECT o.id, o.lease_no
FROM outbox o JOIN postbacks p ON p.id = o.postback_id
WHERE o.lease_until > now()
    AND num_nonnulls(p.basic_auth, p.request_headers, p.signing_secret) > 0
    AND ($1::bigint[] IS NULL OR EXISTS (
        SELECT FROM unnest($1, $2::int[]) AS c(id, lease_no) WHERE c.id = o.id AND c.lease_no = o.lease_no))
