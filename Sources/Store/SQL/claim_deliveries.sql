-- Leases what may start at once: for each destination ($1) as many as it has free slots ($2), from its floor ($3) on, for
-- so many seconds ($4). A later event of a conversion waits for earlier ones that have been owed for less than $5 seconds.
-- A lease that ran out unanswered is an attempt of which nobody knows whether it was sent.
-- Each row is a line for deliverPostback.
WITH due AS MATERIALIZED (
    SELECT o.*
    FROM unnest($1::int[], $2::int[], $3::timestamptz[]) AS w(destination_id, free, floor)
    CROSS JOIN LATERAL (
        SELECT o.id, o.lease_until, o.lease_no, o.attempt FROM outbox o
        WHERE o.destination_id = w.destination_id
            -- What another session began earlier may be committed later: a second is left for that.
            AND o.due_at >= w.floor - interval '1 second'
            AND o.due_at <= now()
            AND (o.lease_until IS NULL OR o.lease_until <= now())
            -- What a paused postback owes is held at infinity; this stops what slipped past that.
            AND (SELECT coalesce(p.deleted_at, p.paused_at) FROM postbacks p WHERE p.id = o.postback_id) IS NULL
            AND NOT EXISTS (
                SELECT FROM outbox earlier
                WHERE earlier.conversion_id = o.conversion_id
                    AND earlier.destination_id = o.destination_id
                    AND earlier.sequence < o.sequence
                    AND earlier.owed_at > now() - make_interval(secs => $5::float8)
            )
        ORDER BY o.due_at, o.id
        LIMIT w.free
        FOR UPDATE SKIP LOCKED
    ) o
), lost AS (
    INSERT INTO attempts (delivery_id, lease_no, attempt, at, outcome, error)
    SELECT id, lease_no, attempt + 1, lease_until - make_interval(secs => $4::float8), 'unknown',
        json_build_object('code', 'lost', 'message', 'the lease ran out before an answer came; it may have been sent')
    FROM due WHERE lease_until IS NOT NULL
), claimed AS (
    UPDATE outbox o SET
        lease_until = now() + make_interval(secs => $4::float8),
        lease_no = o.lease_no + 1,
        attempt = o.attempt + (o.lease_until IS NOT NULL)::int
    FROM due
    WHERE o.id = due.id
    RETURNING o.*
)
SELECT c.id, c.lease_no, c.destination_id, c.attempt + 1 AS attempt, c.due_at, c.id || '/' || c.lease_no || '/' || p.version AS line_id,
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
ORDER BY c.due_at, c.id
