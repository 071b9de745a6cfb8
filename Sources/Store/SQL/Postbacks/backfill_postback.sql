-- Enqueues deliveries of past events for a postback (@postback_id): of the matching events from @since and before @until (null:
-- without end) for which it has no delivery yet, at most @limit events with ids above @after_id. Goals count as they did when the
-- event happened (R2). @dry_run only counts. Events that were recorded silently are included only with @include_silent (R16).
-- A conversion that has not changed for a day may be dropped at this moment (drop_history): it is locked, and left out if it is
-- gone.
WITH wanted AS MATERIALIZED (
    SELECT e.id, e.conversion_id, e.sequence, p.id AS postback_id, p.destination_id, p.paused_at, c.offer_id, c.affiliate_id,
        c.updated_at < now() - interval '1 day' AS is_old
    FROM postbacks p
    CROSS JOIN events e
    JOIN conversions c ON c.id = e.conversion_id
    WHERE p.id = @postback_id::bigint
        AND fires(p.offer_id, p.affiliate_id, p.goal_id, p.conversion_status, p.active, p.deleted_at,
            c.offer_id, c.affiliate_id, c.goal_id, e.status, e.goals_enabled)
        AND e.at >= @since::timestamptz
        AND (@include_silent::boolean OR NOT e.silent)
        AND (@until::timestamptz IS NULL OR e.at < @until)
        AND NOT EXISTS (
            SELECT FROM outbox o
            WHERE o.conversion_id = e.conversion_id AND o.sequence = e.sequence AND o.postback_id = p.id)
        AND NOT EXISTS (
            SELECT FROM deliveries d
            WHERE d.conversion_id = e.conversion_id AND d.sequence = e.sequence AND d.postback_id = p.id)
        AND e.id > @after_id::bigint
    ORDER BY e.id
    LIMIT @limit::bigint
), old_ones AS MATERIALIZED (
    SELECT c.id FROM conversions c
    WHERE c.id = ANY (ARRAY(SELECT w.conversion_id FROM wanted w WHERE w.is_old AND NOT @dry_run::boolean))
    ORDER BY c.id
    FOR KEY SHARE
), owed AS (
    INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, due_at, hold_from, offer_id,
        affiliate_id)
    SELECT id, conversion_id, sequence, postback_id, destination_id,
        CASE WHEN paused_at IS NULL THEN now() ELSE 'infinity' END, now(), offer_id, affiliate_id
    FROM wanted
    WHERE NOT @dry_run::boolean AND (NOT is_old OR conversion_id IN (SELECT o.id FROM old_ones o))
    ORDER BY id
    ON CONFLICT DO NOTHING
)
SELECT count(*) AS count, CASE WHEN count(*) = @limit::bigint THEN max(id) END AS last FROM wanted
