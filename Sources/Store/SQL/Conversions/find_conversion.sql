-- Finds the conversion with an id (@conversion_id), or the one of an offer (@offer_id) with a tracker's id (@transaction_id or
-- @click_id). A null goal (@goal_id) matches any goal, '' matches only conversions without one. It also counts the matches, up to
-- two.
SELECT id, matches
FROM find_conversion(@conversion_id::bigint, @offer_id::text, @goal_id::text, @transaction_id::text, @click_id::text)
