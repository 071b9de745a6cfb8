-- Enqueues finished deliveries again under their own ids, with attempts starting anew: the failed and dead ones, with @forced
-- also the delivered, skipped and overtaken ones. A delivery that is already in the outbox and waits becomes due at once. The
-- deliveries are selected by id (@delivery_ids), or by the filters of listDeliveries and the time (from @since, before @until) at
-- which they became owed. Without @every_affiliate no delivery of a postback for every affiliate is selected. They are taken in
-- the order of their ids, behind an id (@after_id), until @limit are enqueued. @dry_run only counts. A delivery is overtaken if a
-- later event of its conversion was delivered to the destination to which it would go now (R10).
WITH named AS MATERIALIZED (
    SELECT c.id
    FROM offers o
    CROSS JOIN LATERAL (
        SELECT c.id, c.click_id FROM conversions_by_key(o.id, @transaction_id::text, @click_id::text) c OFFSET 0
    ) c
    WHERE num_nonnulls(@transaction_id::text, @click_id::text) > 0 AND (@click_id::text IS NULL OR c.click_id = @click_id::text)
), matching AS NOT MATERIALIZED (
    SELECT l.id,
        CASE
            WHEN l.state = 'in_flight' THEN 'in_flight'
            WHEN p.deleted_at IS NOT NULL THEN 'deleted'
            WHEN l.state = 'held' THEN 'paused'
            WHEN l.state IN ('owed', 'retrying') THEN 'waiting'
            WHEN @forced::boolean AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = l.id) THEN 'finished'
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
            -- Another delivery in the outbox has taken its id, so it cannot be enqueued under it.
            WHEN EXISTS (SELECT FROM outbox o WHERE o.id = l.id) THEN 'id_taken'
            ELSE 'finished'
        END AS standing
    FROM delivery_log l JOIN postbacks p ON p.id = l.postback_id
    WHERE (@delivery_ids::bigint[] IS NULL OR l.id = ANY (@delivery_ids))
        AND (@delivery_id::bigint IS NULL OR l.id = @delivery_id)
        AND (@conversion_id::bigint IS NULL OR l.conversion_id = @conversion_id)
        AND (@transaction_id::text IS NULL AND @click_id::text IS NULL OR l.conversion_id = ANY (ARRAY(SELECT id FROM named)))
        AND (@postback_id::bigint IS NULL OR l.postback_id = @postback_id)
        AND (@affiliate_id::text IS NULL OR l.affiliate_id = @affiliate_id)
        AND (@offer_id::text IS NULL OR l.offer_id = @offer_id)
        AND (@every_affiliate::boolean OR p.affiliate_id IS NOT NULL)
        AND (@origins::text[] IS NULL OR l.destination_id = ANY (ARRAY(
            SELECT d.id FROM destinations d WHERE d.origin = ANY (@origins)
        )))
        -- One part for each of the two indexes by status.
        AND (@status_from::int IS NULL
            OR l.http_status BETWEEN @status_from AND @status_until::int AND (l.http_status = 200 OR l.state <> 'delivered')
            OR l.http_status BETWEEN @status_from AND @status_until::int AND l.http_status <> 200 AND l.state = 'delivered')
        AND (@error_code::text IS NULL OR l.error_code COLLATE "C" = @error_code AND l.error_code IS NOT NULL)
        -- The state is compared as in the index over all deliveries if no other filter has an index, and as in the other indexes
        -- if one has.
        AND (@state::text IS NULL OR num_nonnulls(@postback_id::bigint, @affiliate_id::text, @offer_id::text, @origins::text[],
                @status_from::int, @error_code::text) > 0
            OR (l.state || '') COLLATE "C" = @state)
        AND (@state::text IS NULL OR num_nonnulls(@postback_id::bigint, @affiliate_id::text, @offer_id::text, @origins::text[],
                @status_from::int, @error_code::text) = 0
            OR l.state COLLATE "C" = @state)
        AND (@since::timestamptz IS NULL OR l.owed_at >= @since)
        AND (@until::timestamptz IS NULL OR l.owed_at < @until)
        AND l.id > @after_id::bigint
), wanted AS MATERIALIZED (
    SELECT id FROM matching WHERE standing = 'finished' ORDER BY id LIMIT @limit::bigint
), page AS MATERIALIZED (
    SELECT CASE WHEN count(*) = @limit::bigint THEN max(id) END AS last FROM wanted
), others AS MATERIALIZED (
    SELECT m.id, m.standing FROM matching m, page
    WHERE m.standing <> 'finished' AND (page.last IS NULL OR m.id <= page.last)
), gone AS (
    DELETE FROM deliveries d USING wanted w WHERE d.id = w.id AND NOT @dry_run::boolean RETURNING d.*
), owed AS (
    INSERT INTO outbox (id, event_id, conversion_id, sequence, postback_id, destination_id, owed_at, resent_at, due_at, hold_from,
        is_forced, lease_no, offer_id, affiliate_id, attempts_before, last_status, last_error)
    SELECT g.id, g.event_id, g.conversion_id, g.sequence, g.postback_id, p.destination_id, g.owed_at, now(),
        CASE WHEN p.paused_at IS NULL THEN now() ELSE 'infinity' END, now(), @forced::boolean, g.lease_no, g.offer_id,
        g.affiliate_id, g.attempts_before + g.attempts, g.http_status, g.error_code
    FROM gone g JOIN postbacks p ON p.id = g.postback_id
    ORDER BY g.id
), made_due_now AS (
    UPDATE outbox o SET due_at = least(o.due_at, now()), is_forced = o.is_forced OR @forced::boolean
    FROM others w
    WHERE o.id = w.id AND w.standing = 'waiting' AND NOT @dry_run::boolean
        AND (o.lease_until IS NULL OR o.lease_until <= now()) AND isfinite(o.due_at)
        AND (o.due_at > now() OR o.is_forced <> @forced::boolean)
)
-- A delivery that another transaction has enqueued in between is wanted, but not gone.
SELECT CASE WHEN @dry_run::boolean THEN (SELECT count(*) FROM wanted) ELSE (SELECT count(*) FROM gone) END AS count,
    (SELECT count(*) FROM others WHERE standing = 'waiting') AS made_due,
    (
        SELECT json_strip_nulls(json_object_agg(o.standing, o.count ORDER BY o.standing))
        FROM (SELECT standing, count(*) AS count FROM others WHERE standing <> 'waiting' GROUP BY standing) o
    ) AS left_out,
    last
FROM page
