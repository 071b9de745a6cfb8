-- Takes the answers of deliverPostback, one element of each array for each answer: moves finished deliveries to deliveries, makes
-- retries due again, and records every attempt. @line_ids are the ids of its lines, delivery/lease/version of the postback. The
-- other arrays hold the parts of its answers; the poller has read them, so that the server parses only the JSON that it stores.
-- An answer counts only while its lease is still the current one; a late answer changes nothing. An answer with the outcome retry
-- and without seconds to the next attempt (@retry_seconds) belongs to the last attempt: the delivery is dead.
-- @order_hold_seconds is the order hold. A probe uses up no attempt. A probe is a request that could not be sent to a destination
-- that was blocked before, while that destination has been failing for less than the retry schedule spans (@schedule_seconds).
-- Its delivery is due again at once, behind the deliveries that are due already. An answer that is uncharged uses up no
-- attempt either, because the fault was the sender's. The attempts are counted for the statistics.
-- Each row is looked up by its key, one by one. The planner has wrong row counts for tables that grow and shrink every second, so
-- the conditions allow only this plan. A comparison of a key with an array gives no order for a merge join, which would read a
-- whole index. "+ 0" rules out the indexes by destination, IS TRUE the index by time, and an order by id all but the primary key:
-- while a table is empty, all its indexes cost the same, and the poller keeps the plans that it makes then.
WITH answers AS MATERIALIZED (
    SELECT split_part(a.line_id, '/', 1)::bigint AS id, split_part(a.line_id, '/', 2)::int AS lease_no,
        split_part(a.line_id, '/', 3)::int AS postback_version, a.*
    FROM unnest(@line_ids::text[], @outcomes::text[], @retry_seconds::numeric[], @pauses::boolean[], @sent::boolean[],
            @uncharged::boolean[], @http_statuses::smallint[], @error_codes::text[], @milliseconds::float8[],
            @requests::json[], @responses::json[], @errors::json[], @timings::json[], @remote_addresses::text[])
        AS a(line_id, outcome, retry_seconds, pauses, sent, uncharged, http_status, error_code, milliseconds,
            request, response, error, timing, remote_address)
    ORDER BY 1
), judged AS MATERIALIZED (
    SELECT o.id, o.lease_no, o.attempt + 1 AS attempt, o.event_id, o.conversion_id, o.sequence, o.postback_id,
        o.destination_id, o.owed_at, o.offer_id, o.affiliate_id, o.attempts_before, a.outcome, a.pauses,
        d.id IS NOT NULL OR a.uncharged AS is_probe,
        CASE WHEN d.id IS NULL THEN a.retry_seconds END AS retry_in,
        a.postback_version, a.request, a.response, a.error, a.timing, a.remote_address, a.milliseconds,
        -- The time from the moment when the delivery became owed to the beginning of the attempt.
        greatest(0, extract(epoch FROM now() - o.owed_at) * 1000 - coalesce(a.milliseconds, 0))::bigint AS waited_ms,
        a.http_status, a.error_code,
        CASE
            WHEN a.outcome IN ('delivered', 'failed', 'skipped') THEN a.outcome
            WHEN d.id IS NOT NULL OR a.uncharged THEN NULL
            WHEN a.retry_seconds IS NULL THEN 'dead'
        END AS final
    FROM answers a
    CROSS JOIN LATERAL (
        SELECT * FROM outbox o WHERE o.id = ANY (ARRAY[a.id]) AND o.lease_no = a.lease_no AND o.lease_until IS NOT NULL FOR UPDATE
    ) o
    LEFT JOIN LATERAL (
        SELECT d.id FROM destinations d
        WHERE a.outcome = 'retry' AND NOT a.sent AND a.error_code IN ('dns', 'connect', 'tls', 'timeout')
            AND d.id = o.destination_id AND half_open(d.blocks, d.failing_since, @schedule_seconds::float8)
        OFFSET 0
    ) d ON true
), finished AS (
    DELETE FROM outbox o USING judged j WHERE o.id = ANY (ARRAY[j.id]) AND j.final IS NOT NULL
), moved AS (
    INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
        error_code, http_status, lease_no, owed_at, postback_version, offer_id, affiliate_id, attempts_before)
    -- An id that a finished delivery already has is replaced by a new one, so that one bad row does not fail the whole batch.
    SELECT CASE
            WHEN (SELECT true FROM deliveries d WHERE d.id BETWEEN j.id AND j.id ORDER BY d.id LIMIT 1)
            THEN nextval('outbox_id_seq')
            ELSE j.id
        END,
        event_id, conversion_id, sequence, postback_id, destination_id, final, attempt, error_code, http_status, lease_no,
        owed_at, postback_version, offer_id, affiliate_id, attempts_before
    FROM judged j WHERE final IS NOT NULL
    RETURNING id, conversion_id, postback_id, destination_id, state, attempts, error_code
), retried AS (
    UPDATE outbox o SET
        attempt = j.attempt - j.is_probe::int,
        lease_until = NULL,
        last_status = j.http_status,
        last_error = j.error_code,
        -- The postback's URL may lead to another destination by now.
        (destination_id, due_at) = (
            SELECT p.destination_id,
                CASE
                    WHEN p.paused_at IS NULL THEN now() + make_interval(secs => coalesce(j.retry_in, 0)::float8)
                    ELSE 'infinity'
                END
            FROM postbacks p WHERE p.id = j.postback_id
        )
    FROM judged j
    WHERE o.id = ANY (ARRAY[j.id]) AND j.final IS NULL
    RETURNING o.conversion_id, o.destination_id, o.sequence, o.due_at, coalesce(o.hold_from, o.owed_at) AS hold_from
), pushed AS (
    -- A later delivery of the conversion waits for the retried one. Its due_at is set to the end of that wait, so that claims do
    -- not read it in vain.
    UPDATE outbox o SET due_at = w.until
    FROM (
        SELECT o.id, least(r.due_at, greatest(r.hold_from,
                CASE WHEN o.hold_from > coalesce(o.resent_at, o.owed_at) THEN o.hold_from END)
            + make_interval(secs => @order_hold_seconds::float8)) AS until
        FROM retried r
        CROSS JOIN LATERAL (
            SELECT * FROM outbox o
            WHERE o.conversion_id = r.conversion_id AND o.destination_id + 0 = r.destination_id AND o.sequence > r.sequence
            OFFSET 0
        ) o
    ) w
    WHERE o.id = ANY (ARRAY[w.id])
        AND o.lease_until IS NULL
        AND o.due_at < w.until
        AND o.id NOT IN (SELECT id FROM answers)
), overtaken AS (
    -- A delivered event overtakes earlier events of its conversion. Their rows become due at once, so that the next claim ends
    -- them as superseded.
    UPDATE outbox o SET due_at = now()
    FROM judged j
    WHERE j.final = 'delivered' AND j.sequence > 1
        AND o.conversion_id = ANY (ARRAY[j.conversion_id])
        AND o.destination_id + 0 = j.destination_id
        AND o.sequence < j.sequence
        AND o.lease_until IS NULL
        AND (o.due_at > now()) IS TRUE AND isfinite(o.due_at)
        AND NOT o.is_forced
        AND NOT (SELECT p.send_overtaken FROM postbacks p WHERE p.id = o.postback_id)
        AND o.id NOT IN (SELECT id FROM answers)
), logged AS (
    INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, postback_version, request, response, error,
        timing, remote_address, retry_in_seconds, probe)
    SELECT id, lease_no, attempt, now() - make_interval(secs => coalesce(milliseconds, 0) / 1000),
        outcome, postback_version, request, response, error, timing, remote_address, retry_in, is_probe
    FROM judged
), counted AS (
    INSERT INTO attempt_counts_pending (since, postback_id, destination_id, outcome, bucket, attempts, milliseconds)
    SELECT date_trunc('minute', now()), postback_id, destination_id, CASE WHEN final = 'dead' THEN final ELSE outcome END,
        duration_bucket(milliseconds), count(*), coalesce(sum(milliseconds), 0)
    FROM judged
    GROUP BY 2, 3, 4, 5
), pausing AS (
    -- Only the version of the postback that made the request is paused: a later version may have another receiver.
    UPDATE postbacks p SET paused_at = now(), paused_reason = 'the receiver answered 410 Gone', updated_at = now()
    WHERE p.id = ANY (ARRAY(SELECT postback_id FROM judged WHERE pauses)) AND p.paused_at IS NULL
        AND p.version IN (SELECT j.postback_version FROM judged j WHERE j.pauses AND j.postback_id = p.id)
    RETURNING p.id, p.offer_id, p.affiliate_id, p.paused_reason
)
SELECT (SELECT count(*) FROM answers) - counts.judged AS fenced, counts.*,
    (SELECT array_agg(DISTINCT postback_id) FROM judged WHERE final IN ('dead', 'failed')) AS dying,
    (SELECT array_agg(waited_ms) FROM judged WHERE lease_no = 1) AS first_attempts,
    (SELECT array_agg(waited_ms + milliseconds::bigint) FROM judged WHERE final IN ('delivered', 'failed', 'dead')
        AND attempts_before = 0 AND milliseconds IS NOT NULL) AS completions,
    (SELECT array_agg(id) FROM pausing) AS paused,
    (
        SELECT json_agg(json_build_object('postback', id, 'offer', offer_id, 'affiliate', affiliate_id,
            'reason', paused_reason))
        FROM pausing
    ) AS pauses,
    -- For the log, which shows at most 20.
    (
        SELECT json_agg(json_build_object('delivery', e.id, 'state', e.state, 'postback', e.postback_id,
            'conversion', e.conversion_id, 'attempts', e.attempts, 'code', e.error_code,
            'destination', (SELECT d.origin FROM destinations d WHERE d.id = e.destination_id)))
        FROM (SELECT * FROM moved WHERE state IN ('dead', 'failed') ORDER BY id LIMIT 20) e
    ) AS ended
FROM (
    SELECT count(*) AS judged, count(*) FILTER (WHERE final = 'delivered') AS delivered,
        count(*) FILTER (WHERE final IS NULL) AS retrying, count(*) FILTER (WHERE final = 'dead') AS dead,
        count(*) FILTER (WHERE final = 'failed') AS failed, count(*) FILTER (WHERE final = 'skipped') AS skipped
    FROM judged
) counts
