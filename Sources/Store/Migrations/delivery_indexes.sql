-- The indexes of the lists of deliveries: from the oldest owed on, for each state by itself, so that a page with all states is
-- merged from five beginnings. That of all deliveries is of an expression which only the list of all names: whoever asks for an
-- affiliate's must not be led through everybody's, in which the affiliate's may be far away.
CREATE INDEX IF NOT EXISTS deliveries_state ON deliveries (((state || '') COLLATE "C"), owed_at, id);
CREATE INDEX IF NOT EXISTS deliveries_postback_state ON deliveries (postback_id, state COLLATE "C", owed_at, id)
    INCLUDE (affiliate_id, offer_id);
CREATE INDEX IF NOT EXISTS deliveries_affiliate_state ON deliveries (affiliate_id, state COLLATE "C", owed_at, id)
    INCLUDE (offer_id);
CREATE INDEX IF NOT EXISTS deliveries_offer_state ON deliveries (offer_id, state COLLATE "C", owed_at, id);
-- Without the delivery's id, so that it serves no lookup of a single delivery, as the index of what is due (due_order.sql).
CREATE INDEX IF NOT EXISTS outbox_owed ON outbox (owed_at);
