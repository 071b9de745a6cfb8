-- Finds among deliveries (@delivery_ids) those that do not belong to an affiliate (@affiliate_id) and an offer (@offer_id): those
-- of other conversions, those that do not exist, and for an affiliate also those of postbacks for every affiliate. A null limit
-- does not limit. If two deliveries have the same id, both must belong to them. A postback of an affiliate fires for its
-- conversions alone, but one for every offer fires for those of all offers.
SELECT coalesce(array_agg(i.id ORDER BY i.id), '{}') AS ids
FROM unnest(@delivery_ids::bigint[]) AS i(id)
WHERE (
    SELECT bool_and(
        (@affiliate_id::text IS NULL OR coalesce(p.affiliate_id = @affiliate_id, false))
        AND (@offer_id::text IS NULL OR coalesce(l.offer_id = @offer_id, false)))
    FROM delivery_log l
    JOIN postbacks p ON p.id = l.postback_id
    WHERE l.id = i.id
) IS NOT TRUE
