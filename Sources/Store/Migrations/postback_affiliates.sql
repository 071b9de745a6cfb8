-- A postback for every offer of its affiliate overlaps with others of that affiliate. This index finds them; postbacks_matching
-- begins with the offer and cannot.
CREATE INDEX IF NOT EXISTS postbacks_affiliate ON postbacks (coalesce(affiliate_id, '*'), conversion_status)
    WHERE deleted_at IS NULL;
