-- Finds the deliveries in flight of postbacks that have secrets. With @delivery_ids it returns only those of them whose lease is
-- still the one in @lease_numbers.
SELECT o.id, o.lease_no
FROM outbox o JOIN postbacks p ON p.id = o.postback_id
WHERE o.lease_until > now()
    AND num_nonnulls(p.basic_auth, p.request_headers, p.signing_secret) > 0
    AND (@delivery_ids::bigint[] IS NULL OR EXISTS (
        SELECT FROM unnest(@delivery_ids, @lease_numbers::int[]) AS c(id, lease_no)
        WHERE c.id = o.id AND c.lease_no = o.lease_no))
