-- Look-ups that several statements share. Their bodies are texts and they return sets, so that the planner inlines them with the
-- collations of the columns; therefore conversions are found by the indexes of their keys.

-- R6: the conversions of an offer with a tracker's id: with this transaction, or, where no transaction is given, with this click.
CREATE FUNCTION conversions_by_key(offer text, transaction text, click text) RETURNS SETOF conversions
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
AS $$
SELECT c.* FROM conversions c
WHERE transaction IS NOT NULL
    AND c.offer_id = offer AND id_key(c.transaction_id) = id_key(transaction) AND c.transaction_id = transaction
UNION ALL
SELECT c.* FROM conversions c
WHERE transaction IS NULL AND c.offer_id = offer AND id_key(c.click_id) = id_key(click) AND c.click_id = click
$$;

-- The conversion with an id, or the one of an offer with a tracker's id. A null goal matches any goal, '' matches only conversions
-- without one. It also counts the matches, up to two.
CREATE FUNCTION find_conversion(conversion bigint, offer text, goal text, transaction text, click text)
RETURNS TABLE (id bigint, matches bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
AS $$
SELECT min(n.id), count(*) FROM (
    SELECT c.id FROM conversions c WHERE c.id = conversion
    UNION ALL
    SELECT c.id FROM conversions_by_key(offer, transaction, click) c WHERE goal IS NULL OR coalesce(c.goal_id, '') = goal
    LIMIT 2
) n
$$;
