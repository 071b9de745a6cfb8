-- The indexes of the lists of conversions: from the first recorded on. What is recorded now comes to the end of its status's,
-- affiliate's or offer's part. A page with all statuses is merged from three beginnings.
CREATE INDEX IF NOT EXISTS conversions_status ON conversions (status COLLATE "C", created_at, id);
CREATE INDEX IF NOT EXISTS conversions_affiliate ON conversions (affiliate_id, created_at, id) INCLUDE (offer_id);
CREATE INDEX IF NOT EXISTS conversions_offer ON conversions (offer_id, created_at, id);
