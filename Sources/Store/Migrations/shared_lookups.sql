-- Look-ups that several statements share. The bodies of the first two are texts and they return sets, so that the planner inlines
-- them with the collations of the columns; therefore conversions are found by the indexes of their keys.

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

-- The conversion with an id, or the one of an offer with a tracker's id. A null goal matches any goal, '' matches only
-- conversions without one. It also counts the matches, up to two.
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

-- The destinations of these origins; those that are new are added. It returns a set, but is not inlined, because it writes.
CREATE FUNCTION find_or_add_destinations(origins text[]) RETURNS TABLE (id integer, origin text)
LANGUAGE sql
AS $$
WITH known AS MATERIALIZED (
    SELECT d.id, d.origin FROM destinations d WHERE d.origin = ANY (origins)
), added AS (
    -- All transactions insert in the same order, so that they do not deadlock.
    INSERT INTO destinations AS d (origin)
    SELECT missing.origin FROM (SELECT unnest(origins) AS origin EXCEPT SELECT known.origin FROM known) missing
    ORDER BY missing.origin
    ON CONFLICT (origin) DO UPDATE SET origin = excluded.origin
    RETURNING d.id, d.origin
)
SELECT known.id, known.origin FROM known UNION ALL SELECT added.id, added.origin FROM added
$$;
