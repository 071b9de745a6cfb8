-- Checks whether a postback of an affiliate (@affiliate_id) and an offer (@offer_id) leads to one of the destinations @origins. A
-- deleted postback counts too. A null limit does not limit. A postback for every affiliate belongs to no affiliate, and one for
-- every offer to no offer.
SELECT EXISTS (
    SELECT FROM destinations d
    JOIN postbacks p ON p.destination_id = d.id
    WHERE d.origin = ANY (@origins::text[])
        AND (@affiliate_id::text IS NULL OR p.affiliate_id = @affiliate_id)
        AND (@offer_id::text IS NULL OR p.offer_id = @offer_id)
) AS is_own
