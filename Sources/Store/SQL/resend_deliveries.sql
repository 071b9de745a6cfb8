-- Owes finished deliveries again under their own ids, with attempts starting anew: the failed and dead ones, with $8 the
-- delivered and skipped ones too. By id ($1), or by conversion ($2), postback ($3), affiliate ($4), state ($5) and the time
-- since when ($6) and until when ($7) they were owed; in the order of their ids, behind an id ($9), at most $10. $11 only
-- counts.
WITH wanted AS MATERIALIZED (
    SELECT d.id
    FROM deliveries d
    JOIN postbacks p ON p.id = d.postback_id AND p.deleted_at IS NULL
    WHERE ($1::bigint[] IS NULL OR d.id = ANY ($1))
        AND ($2::bigint IS NULL OR d.conversion_id = $2)
        AND ($3::bigint IS NULL OR d.postback_id = $3)
        AND ($4::text IS NULL OR EXISTS (
            SELECT FROM conversions c WHERE c.id = d.conversion_id AND c.affiliate_id = $4))
        AND ($5::text IS NULL OR d.state = $5)
        AND ($6::timestamptz IS NULL OR d.owed_at >= $6)
        AND ($7::timestamptz IS NULL OR d.owed_at < $7)
        AND (d.state IN ('failed', 'dead') OR $8::boolean AND d.state IN ('delivered', 'skipped'))
        AND d.id > $9::bigint
    ORDER BY d.id
    LIMIT $10::bigint
), gone AS (
    DELETE FROM deliveries d USING wanted w WHERE d.id = w.id AND NOT $11::boolean RETURNING d.*
), owed AS (
    INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, due_at, lease_no)
    SELECT g.id, g.event_id, g.conversion_id, g.sequence, g.postback_id, p.destination_id,
        CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END, g.lease_no
    FROM gone g JOIN postbacks p ON p.id = g.postback_id
    ORDER BY g.id
)
-- What somebody else has owed again in between is wanted, but not gone.
SELECT CASE WHEN $11::boolean THEN count(*) ELSE (SELECT count(*) FROM gone) END AS count,
    CASE WHEN count(*) = $10::bigint THEN max(id) END AS last
FROM wanted
