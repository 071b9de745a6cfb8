SELECT id, coalesce(offer_id, '*') AS offer_id, conversion_status, destination_id FROM postbacks
