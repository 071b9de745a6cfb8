-- Leases what may start at once: for each destination ($1) as many as it has free slots ($2), of which retries take at most
-- so many ($3), first attempts from one floor ($4) and retries from another ($5) on, for so many seconds ($6). A later event
-- of a conversion waits for earlier ones that have been owed for less than $7 seconds. Nothing goes to a blocked destination.
-- A lease that ran out unanswered is an attempt of which nobody knows whether it was sent; when it was the last of so many
-- ($8) the delivery is dead.
-- Each row is a line for deliverPostback, or, without a line, a delivery that is dead.
WITH wanted AS (
    SELECT w.destination_id, w.free, kind.*
    FROM unnest($1::int[], $2::int[], $3::int[], $4::timestamptz[], $5::timestamptz[])
        AS w(destination_id, free, retries, floor, retry_floor)
    CROSS JOIN LATERAL (
        SELECT FROM destinations d
        WHERE d.id = w.destination_id AND (d.blocked_until IS NULL OR d.blocked_until <= now())
        OFFSET 0
    ) unblocked
    CROSS JOIN LATERAL (
        VALUES (false, w.free, w.floor), (true, least(w.free, w.retries), w.retry_floor)
    ) AS kind(again, most, since)
), due AS MATERIALIZED (
    SELECT o.id, o.lease_until, o.lease_no, o.attempt, o.lease_until IS NOT NULL AND o.attempt + 1 >= $8::int AS is_dead
    FROM (
        SELECT o.*, w.free, row_number() OVER (PARTITION BY w.destination_id ORDER BY o.due_at, o.id) AS place
        FROM wanted w
        CROSS JOIN LATERAL (
            SELECT o.id, o.lease_until, o.lease_no, o.attempt, o.due_at FROM outbox o
            WHERE o.destination_id = w.destination_id
                AND (o.attempt > 0) = w.again
                -- What another session began earlier may be committed later: a second is left for that.
                AND o.due_at >= w.since - interval '1 second'
                AND o.due_at <= now()
                AND (o.lease_until IS NULL OR o.lease_until <= now())
                -- What a paused postback owes is held at infinity; this stops what slipped past that.
                AND (SELECT coalesce(p.deleted_at, p.paused_at) FROM postbacks p WHERE p.id = o.postback_id) IS NULL
                AND NOT EXISTS (
                    SELECT FROM outbox earlier
                    WHERE earlier.conversion_id = o.conversion_id
                        AND earlier.destination_id = o.destination_id
                        AND earlier.sequence < o.sequence
                        AND earlier.owed_at > now() - make_interval(secs => $7::float8)
                )
            ORDER BY o.due_at, o.id
            LIMIT w.most
            FOR UPDATE SKIP LOCKED
        ) o
    ) o
    WHERE o.place <= o.free
), lost AS (
    INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, error)
    SELECT id, lease_no, attempt + 1, lease_until - make_interval(secs => $6::float8), 'unknown',
        json_build_object('code', 'lost', 'message', 'the lease ran out before an answer came; it may have been sent')
    FROM due WHERE lease_until IS NOT NULL
), buried AS (
    DELETE FROM outbox o USING due WHERE o.id = due.id AND due.is_dead RETURNING o.*
), moved AS (
    INSERT INTO deliveries (id, event_id, conversion_id, sequence, postback_id, destination_id, state, attempts,
        error_code, lease_no, owed_at)
    SELECT id, event_id, conversion_id, sequence, postback_id, destination_id, 'dead', attempt + 1, 'lost', lease_no, owed_at
    FROM buried
), claimed AS (
    UPDATE outbox o SET
        lease_until = now() + make_interval(secs => $6::float8),
        lease_no = o.lease_no + 1,
        attempt = o.attempt + (o.lease_until IS NOT NULL)::int
    FROM due
    WHERE o.id = due.id AND NOT due.is_dead
    RETURNING o.*
)
SELECT c.id, c.lease_no, c.destination_id, c.postback_id, c.attempt + 1 AS attempt, c.due_at,
    c.id || '/' || c.lease_no || '/' || p.version AS line_id,
    json_build_object(
        'id', c.id || '/' || c.lease_no || '/' || p.version,
        'input', json_build_object(
            'deliveryId', c.id,
            'attempt', c.attempt + 1,
            'postback', json_build_object('id', p.id, 'version', p.version, 'url', p.url, 'httpType', p.http_type,
                'basicAuth', p.basic_auth, 'requestParams', p.request_params, 'requestHeaders', p.request_headers,
                'signingSecret', p.signing_secret, 'omitEmptyParams', p.omit_empty_params,
                'skipWhenEmpty', p.skip_when_empty, 'successWhen', p.success_when),
            'event', json_build_object('id', e.id, 'sequence', e.sequence, 'status', e.status,
                'previousStatus', e.previous_status, 'at', rfc3339(e.at)),
            'conversion', e.payload
        )
    ) AS line
FROM claimed c
-- By their keys, whatever the planner believes of how many there are.
CROSS JOIN LATERAL (SELECT * FROM postbacks p WHERE p.id = c.postback_id OFFSET 0) p
CROSS JOIN LATERAL (SELECT * FROM events e WHERE e.id = c.event_id OFFSET 0) e
UNION ALL
SELECT id, lease_no, destination_id, postback_id, attempt, due_at, NULL, NULL FROM buried
ORDER BY due_at, id
