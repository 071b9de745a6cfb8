-- What overlaps a postback for every offer of its affiliate is found by the affiliate; postbacks_matching begins with the offer.
CREATE INDEX IF NOT EXISTS postbacks_affiliate ON postbacks (coalesce(affiliate_id, '*'), conversion_status)
    WHERE deleted_at IS NULL;
