-- Finds among postbacks (@postback_ids) those that do not belong to an affiliate (@affiliate_id) and an offer (@offer_id): those
-- of others and those that do not exist. A postback for every affiliate belongs to no affiliate, and one for every offer to no
-- offer. A null limit does not limit. A deleted postback still belongs to its affiliate and its offer.
SELECT coalesce(array_agg(i.id ORDER BY i.id), '{}') AS ids
FROM unnest(@postback_ids::bigint[]) AS i(id)
WHERE NOT EXISTS (
    SELECT FROM postbacks p
    WHERE p.id = i.id
        AND (@affiliate_id::text IS NULL OR p.affiliate_id = @affiliate_id)
        AND (@offer_id::text IS NULL OR p.offer_id = @offer_id)
)
