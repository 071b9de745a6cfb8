-- Drops what is finished and older than so many days (POSTBACKS_HISTORY_DAYS): a conversion with its events and its deliveries,
-- all together or nothing of it. A conversion stays as long as anything of it is owed, or anything of it has happened since then.
--
-- It looks at row_limit conversions behind after_id, in the order of their ids, which is the order in which they were recorded.
-- last_id is the place to go on from; null if the rest is too young. The days are those of UTC, as in the partitions of attempts,
-- so that the attempts of a conversion are gone when it goes. dropped is null if another session drops at this moment.
--
-- It waits for no lock and leaves out what another transaction is working on: a change of status or an erasure locks the
-- conversion, a backfill locks it too (backfill_postback), a resend locks the delivery that it moves back into the outbox.
-- with_records returns what is dropped, for a caller that stores it before it commits.
CREATE FUNCTION drop_history(keep_days integer, after_id bigint, row_limit integer, with_records boolean)
RETURNS TABLE (dropped integer, deliveries integer, last_id bigint, records json) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    before timestamptz;
BEGIN
    IF keep_days IS NULL OR keep_days < 1 THEN
        RAISE 'history is kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtext('postbacks.history')) THEN
        RETURN QUERY SELECT NULL::integer, NULL::integer, after_id, '[]'::json;
        RETURN;
    END IF;
    before := ((now() AT TIME ZONE 'UTC')::date - keep_days)::timestamp AT TIME ZONE 'UTC';
    RETURN QUERY
    WITH page AS MATERIALIZED (
        SELECT c.id, c.created_at, c.updated_at FROM conversions c WHERE c.id > after_id ORDER BY c.id LIMIT row_limit
    ), finished AS MATERIALIZED (
        -- The condition on updated_at is checked again on the row as it is once it is locked: a change of status may have been
        -- committed since this statement began.
        SELECT c.id FROM conversions c
        WHERE c.id = ANY (ARRAY(SELECT p.id FROM page p WHERE greatest(p.created_at, p.updated_at) < before))
            AND c.updated_at < before
            AND NOT EXISTS (SELECT FROM outbox o WHERE o.conversion_id = c.id)
            AND NOT EXISTS (SELECT FROM events e WHERE e.conversion_id = c.id AND e.at >= before)
            AND NOT EXISTS (SELECT FROM deliveries d WHERE d.conversion_id = c.id AND d.finished_at >= before)
        FOR UPDATE OF c SKIP LOCKED
    ), locked AS MATERIALIZED (
        SELECT d.id, d.conversion_id FROM deliveries d
        WHERE d.conversion_id = ANY (ARRAY(SELECT f.id FROM finished f))
        FOR UPDATE SKIP LOCKED
    ), droppable AS MATERIALIZED (
        -- A delivery that could not be locked is being resent, or was resent since this statement began.
        SELECT f.id
        FROM finished f
        LEFT JOIN (SELECT l.conversion_id, count(*) AS count FROM locked l GROUP BY 1) l ON l.conversion_id = f.id
        CROSS JOIN LATERAL (SELECT count(*) AS count FROM deliveries d WHERE d.conversion_id = f.id) d
        WHERE d.count = coalesce(l.count, 0)
    ), gone_events AS (
        DELETE FROM events e WHERE e.conversion_id = ANY (ARRAY(SELECT d.id FROM droppable d))
    ), gone_deliveries AS (
        DELETE FROM deliveries f
        WHERE f.id = ANY (ARRAY(SELECT l.id FROM locked l JOIN droppable d ON d.id = l.conversion_id))
        RETURNING f.id
    ), gone AS (
        DELETE FROM conversions c WHERE c.id = ANY (ARRAY(SELECT d.id FROM droppable d)) RETURNING c AS conversion, c.id
    )
    SELECT (SELECT count(*)::integer FROM gone), (SELECT count(*)::integer FROM gone_deliveries),
        (
            SELECT max(p.id) FROM page p HAVING count(*) = row_limit AND bool_or(p.created_at < before)
        ),
        CASE WHEN with_records THEN coalesce((
            SELECT json_agg(json_build_object(
                'conversion', (
                    SELECT conversion_json(g.conversion, o.name, a.name, t.name)
                    FROM offers o
                    JOIN affiliates a ON a.id = (g.conversion).affiliate_id
                    LEFT JOIN goals t ON t.offer_id = o.id AND t.id = (g.conversion).goal_id
                    WHERE o.id = (g.conversion).offer_id
                ),
                'events', (
                    SELECT json_agg(json_build_object('event', event_json(e.id, e.sequence, e.status, e.previous_status, e.at),
                        'silent', e.silent, 'conversion', e.payload) ORDER BY e.sequence)
                    FROM events e WHERE e.conversion_id = g.id
                ),
                'deliveries', coalesce((
                    SELECT json_agg(json_strip_nulls(json_build_object('id', f.id, 'eventId', f.event_id,
                        'postbackId', f.postback_id, 'destination', n.origin, 'state', f.state,
                        'attempts', f.attempts_before + f.attempts, 'httpStatus', f.http_status, 'errorCode', f.error_code,
                        'owedAt', rfc3339(f.owed_at), 'finishedAt', rfc3339(f.finished_at))) ORDER BY f.id)
                    FROM deliveries f JOIN destinations n ON n.id = f.destination_id WHERE f.conversion_id = g.id
                ), '[]')) ORDER BY g.id)
            FROM gone g
        ), '[]') ELSE '[]' END;
END $$;

-- Each batch is planned for its own values, by indexes: a plan that was made while the tables were small would read them whole.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION drop_history(integer, bigint, integer, boolean) SET search_path = %I, pg_temp',
        current_schema());
END $$;
ALTER FUNCTION drop_history(integer, bigint, integer, boolean) SET enable_seqscan = off;
ALTER FUNCTION drop_history(integer, bigint, integer, boolean) SET plan_cache_mode = force_custom_plan;

REVOKE ALL ON FUNCTION drop_history(integer, bigint, integer, boolean) FROM PUBLIC;
