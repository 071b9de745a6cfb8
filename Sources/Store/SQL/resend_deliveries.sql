-- Owes finished deliveries again under their own ids, with attempts starting anew: the failed and dead ones, with $12 also the
-- delivered, skipped and overtaken ones. What is owed already and waits is made due at once. By id ($1), or by what listDeliveries
-- filters by ($2 to $9) and the time since when ($10) and until when ($11) they were owed; in the order of their ids, behind an id
-- ($13), up to the one with which $14 are owed again. $15 only counts.
-- An overtaken one is one behind which a later event of its conversion was delivered to where it would go now (R10).
WITH named AS MATERIALIZED (
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id, c.click_id FROM conversions c
        WHERE c.offer_id = o.id AND id_key(c.transaction_id) = id_key($4::text) AND c.transaction_id = $4::text
        OFFSET 0
    ) c
    WHERE $4::text IS NOT NULL AND ($5::text IS NULL OR c.click_id = $5::text)
    UNION ALL
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id FROM conversions c
        WHERE c.offer_id = o.id AND id_key(c.click_id) = id_key($5::text) AND c.click_id = $5::text
        OFFSET 0
    ) c
    WHERE $4::text IS NULL AND $5::text IS NOT NULL
), matching AS NOT MATERIALIZED (
    SELECT l.id,
        CASE
            WHEN l.state = 'in_flight' THEN 'in_flight'
            WHEN p.deleted_at IS NOT NULL THEN 'deleted'
            WHEN l.state = 'held' THEN 'paused'
            WHEN l.state IN ('owed', 'retrying') THEN 'waiting'
            WHEN $12::boolean AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = l.id) THEN 'finished'
            WHEN l.state = 'delivered' THEN 'delivered'
            WHEN l.error_code = 'superseded' THEN 'overtaken'
            WHEN l.state = 'skipped' THEN 'skipped'
            WHEN NOT p.send_overtaken AND EXISTS (
                SELECT FROM deliveries later
                WHERE later.conversion_id = l.conversion_id
                    AND later.destination_id = p.destination_id
                    AND later.sequence > l.sequence
                    AND later.state = 'delivered'
            ) THEN 'overtaken'
            -- Another one that is owed has taken its id: it cannot be owed under it as well.
            WHEN EXISTS (SELECT FROM outbox o WHERE o.id = l.id) THEN 'id_taken'
            ELSE 'finished'
        END AS standing
    FROM delivery_log l JOIN postbacks p ON p.id = l.postback_id
    WHERE ($1::bigint[] IS NULL OR l.id = ANY ($1))
        AND ($2::bigint IS NULL OR l.id = $2)
        AND ($3::bigint IS NULL OR l.conversion_id = $3)
        AND ($4::text IS NULL AND $5::text IS NULL OR l.conversion_id = ANY (ARRAY(SELECT id FROM named)))
        AND ($6::bigint IS NULL OR l.postback_id = $6)
        AND ($7::text IS NULL OR l.affiliate_id = $7)
        AND ($8::text IS NULL OR l.offer_id = $8)
        -- As the index of all has it where nothing else leads there, and as the other indexes have it where something does.
        AND ($9::text IS NULL OR num_nonnulls($6::bigint, $7::text, $8::text) > 0 OR (l.state || '') COLLATE "C" = $9)
        AND ($9::text IS NULL OR num_nonnulls($6::bigint, $7::text, $8::text) = 0 OR l.state COLLATE "C" = $9)
        AND ($10::timestamptz IS NULL OR l.owed_at >= $10)
        AND ($11::timestamptz IS NULL OR l.owed_at < $11)
        AND l.id > $13::bigint
), wanted AS MATERIALIZED (
    SELECT id FROM matching WHERE standing = 'finished' ORDER BY id LIMIT $14::bigint
), page AS MATERIALIZED (
    SELECT CASE WHEN count(*) = $14::bigint THEN max(id) END AS last FROM wanted
), others AS MATERIALIZED (
    SELECT m.id, m.standing FROM matching m, page
    WHERE m.standing <> 'finished' AND (page.last IS NULL OR m.id <= page.last)
), gone AS (
    DELETE FROM deliveries d USING wanted w WHERE d.id = w.id AND NOT $15::boolean RETURNING d.*
), owed AS (
    INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, owed_at, resent_at, due_at, hold_from,
        is_forced, lease_no, offer_id, affiliate_id, attempts_before)
    SELECT g.id, g.event_id, g.conversion_id, g.sequence, g.postback_id, p.destination_id, g.owed_at, now(),
        CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END, now(), $12::boolean, g.lease_no, g.offer_id,
        g.affiliate_id, g.attempts_before + g.attempts
    FROM gone g JOIN postbacks p ON p.id = g.postback_id
    ORDER BY g.id
), hurried AS (
    UPDATE outbox o SET due_at = least(o.due_at, now()), is_forced = o.is_forced OR $12::boolean
    FROM others w
    WHERE o.id = w.id AND w.standing = 'waiting' AND NOT $15::boolean
        AND (o.lease_until IS NULL OR o.lease_until <= now()) AND isfinite(o.due_at)
        AND (o.due_at > now() OR o.is_forced <> $12::boolean)
)
-- What somebody else has owed again in between is wanted, but not gone.
SELECT CASE WHEN $15::boolean THEN (SELECT count(*) FROM wanted) ELSE (SELECT count(*) FROM gone) END AS count,
    (SELECT count(*) FROM others WHERE standing = 'waiting') AS made_due,
    (
        SELECT json_strip_nulls(json_object_agg(o.standing, o.count ORDER BY o.standing))
        FROM (SELECT standing, count(*) AS count FROM others WHERE standing <> 'waiting' GROUP BY standing) o
    ) AS left_out,
    last
FROM page
