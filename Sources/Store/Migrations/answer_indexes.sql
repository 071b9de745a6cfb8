-- The indexes of the lists of deliveries by destination, by the status of the last answer and by its error, in the order of the
-- other indexes of these lists (delivery_indexes.sql). What was delivered has an entry in one of the two indexes by status: in the
-- first one if the status is 200, as it nearly always is.
CREATE INDEX IF NOT EXISTS deliveries_destination_state ON deliveries (destination_id, state COLLATE "C", owed_at, id)
    INCLUDE (affiliate_id, offer_id);
CREATE INDEX IF NOT EXISTS deliveries_http_status ON deliveries (http_status, state COLLATE "C", owed_at, id)
    WHERE http_status = 200 OR state <> 'delivered';
CREATE INDEX IF NOT EXISTS deliveries_other_status ON deliveries (http_status, owed_at, id)
    INCLUDE (postback_id, destination_id, affiliate_id, offer_id) WHERE http_status <> 200 AND state = 'delivered';
CREATE INDEX IF NOT EXISTS deliveries_error ON deliveries (error_code COLLATE "C", state COLLATE "C", owed_at, id)
    WHERE error_code IS NOT NULL;
-- The deliveries that were not delivered, with the columns of the filters: such a list reads only the rows of its page.
CREATE INDEX IF NOT EXISTS deliveries_postback_undelivered ON deliveries (postback_id, state COLLATE "C", owed_at, id)
    INCLUDE (destination_id, affiliate_id, offer_id, http_status, error_code) WHERE state <> 'delivered';
CREATE INDEX IF NOT EXISTS deliveries_destination_undelivered ON deliveries (destination_id, state COLLATE "C", owed_at, id)
    INCLUDE (affiliate_id, offer_id, http_status, error_code) WHERE state <> 'delivered';
CREATE INDEX IF NOT EXISTS deliveries_affiliate_undelivered ON deliveries (affiliate_id, state COLLATE "C", owed_at, id)
    INCLUDE (offer_id, http_status, error_code) WHERE state <> 'delivered';
CREATE INDEX IF NOT EXISTS deliveries_offer_undelivered ON deliveries (offer_id, state COLLATE "C", owed_at, id)
    INCLUDE (http_status, error_code) WHERE state <> 'delivered';
-- Finds the postbacks of a destination.
CREATE INDEX IF NOT EXISTS postbacks_destination ON postbacks (destination_id) WHERE deleted_at IS NULL;
