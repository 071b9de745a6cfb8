-- The index of the lists of what is owed after an attempt: by the error and the status of the last one, in the order of the
-- lists. The outbox is large when a destination fails, and a list by status or error would read all of it. A delivery that was
-- never sent has no entry, so that the index costs nothing for it, and a claim changes none of the columns.
CREATE INDEX IF NOT EXISTS outbox_tried
    ON outbox ((coalesce(last_error, '') COLLATE "C"), (coalesce(last_status, 0)), owed_at, id)
    WHERE last_error IS NOT NULL OR last_status IS NOT NULL OR attempt > 0;

-- The lists of conversions by affiliate and by offer, for each status separately, as the list of all has them. A list by offer
-- and status read all conversions of the offer if few had the status. The status is an expression here, so that the statement
-- cannot use the index by status alone (conversions_status), in which the conversions of one offer are far apart. A scan of the
-- first index alone needs the status as a column too.
CREATE INDEX IF NOT EXISTS conversions_affiliate_status
    ON conversions (affiliate_id, (status || '') COLLATE "C", created_at, id) INCLUDE (offer_id, status);
CREATE INDEX IF NOT EXISTS conversions_offer_status ON conversions (offer_id, (status || '') COLLATE "C", created_at, id);
DROP INDEX IF EXISTS conversions_affiliate, conversions_offer;
