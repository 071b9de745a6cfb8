-- Owes finished deliveries again under their own ids, with attempts starting anew: the failed and dead ones, with $8 also the
-- delivered, skipped and overtaken ones. What is owed already and waits is made due at once. By id ($1), or by conversion
-- ($2), postback ($3), affiliate ($4), state ($5) and the time since when ($6) and until when ($7) they were owed; in the order
-- of their ids, behind an id ($9), up to the one with which $10 are owed again. $11 only counts.
-- An overtaken one is one behind which a later event of its conversion was delivered to where it would go now (R10).
WITH matching AS NOT MATERIALIZED (
    SELECT l.id,
        CASE
            WHEN l.state = 'in_flight' THEN 'in_flight'
            WHEN p.deleted_at IS NOT NULL THEN 'deleted'
            WHEN l.state = 'held' THEN 'paused'
            WHEN l.state IN ('owed', 'retrying') THEN 'waiting'
            WHEN $8::boolean AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = l.id) THEN 'finished'
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
        AND ($2::bigint IS NULL OR l.conversion_id = $2)
        AND ($3::bigint IS NULL OR l.postback_id = $3)
        AND ($4::text IS NULL OR EXISTS (
            SELECT FROM conversions c WHERE c.id = l.conversion_id AND c.affiliate_id = $4))
        AND ($5::text IS NULL OR l.state = $5)
        AND ($6::timestamptz IS NULL OR l.owed_at >= $6)
        AND ($7::timestamptz IS NULL OR l.owed_at < $7)
        AND l.id > $9::bigint
), wanted AS MATERIALIZED (
    SELECT id FROM matching WHERE standing = 'finished' ORDER BY id LIMIT $10::bigint
), page AS MATERIALIZED (
    SELECT CASE WHEN count(*) = $10::bigint THEN max(id) END AS last FROM wanted
), others AS MATERIALIZED (
    SELECT m.id, m.standing FROM matching m, page
    WHERE m.standing <> 'finished' AND (page.last IS NULL OR m.id <= page.last)
), gone AS (
    DELETE FROM deliveries d USING wanted w WHERE d.id = w.id AND NOT $11::boolean RETURNING d.*
), owed AS (
    INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, due_at, hold_from, is_forced,
        lease_no)
    SELECT g.id, g.event_id, g.conversion_id, g.sequence, g.postback_id, p.destination_id,
        CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END, now(), $8::boolean, g.lease_no
    FROM gone g JOIN postbacks p ON p.id = g.postback_id
    ORDER BY g.id
), hurried AS (
    UPDATE outbox o SET due_at = least(o.due_at, now()), is_forced = o.is_forced OR $8::boolean
    FROM others w
    WHERE o.id = w.id AND w.standing = 'waiting' AND NOT $11::boolean
        AND (o.lease_until IS NULL OR o.lease_until <= now()) AND isfinite(o.due_at)
        AND (o.due_at > now() OR o.is_forced <> $8::boolean)
)
-- What somebody else has owed again in between is wanted, but not gone.
SELECT CASE WHEN $11::boolean THEN (SELECT count(*) FROM wanted) ELSE (SELECT count(*) FROM gone) END AS count,
    (SELECT count(*) FROM others WHERE standing = 'waiting') AS made_due,
    (
        SELECT json_strip_nulls(json_object_agg(o.standing, o.count ORDER BY o.standing))
        FROM (SELECT standing, count(*) AS count FROM others WHERE standing <> 'waiting' GROUP BY standing) o
    ) AS left_out,
    last
FROM page
