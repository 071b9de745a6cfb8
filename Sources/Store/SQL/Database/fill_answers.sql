-- Stores the status of the last attempt with deliveries that lack it, in a page of at most @limit deliveries, owed and finished,
-- with ids above @after_id; with owed ones also the error. Deliveries that were delivered are left out, because there are too many
-- of them. It returns the last id of the page; null at the end.
WITH page AS MATERIALIZED (
    SELECT * FROM (
        (
            SELECT d.id, false AS is_owed, d.state <> 'delivered' AND d.http_status IS NULL AND d.lease_no > 0 AS lacks_it,
                d.owed_at, d.finished_at
            FROM deliveries d WHERE d.id > @after_id::bigint ORDER BY d.id LIMIT @limit::bigint
        )
        UNION ALL
        (
            SELECT o.id, true, o.last_status IS NULL AND o.last_error IS NULL AND o.lease_no > 0, o.owed_at, NULL
            FROM outbox o WHERE o.id > @after_id::bigint ORDER BY o.id LIMIT @limit::bigint
        )
    ) AS both_tables
    ORDER BY id LIMIT @limit::bigint
), tried AS MATERIALIZED (
    SELECT page.id, page.is_owed, t.status, t.code
    FROM page
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.response ->> 'status' ~ '^[0-9]{3}$' THEN (t.response ->> 'status')::smallint END AS status,
            t.error ->> 'code' AS code
        FROM attempts t
        -- A clock may have been off by an hour.
        WHERE t.delivery_id = page.id AND t.at >= page.owed_at - interval '1 hour'
            AND t.at <= coalesce(page.finished_at, now()) + interval '1 hour'
        ORDER BY t.lease_no DESC LIMIT 1
    ) t
    WHERE page.lacks_it
), filled AS (
    UPDATE deliveries d SET http_status = t.status
    FROM tried t
    WHERE d.id = ANY (ARRAY[t.id]) AND NOT t.is_owed AND t.status IS NOT NULL
), unleased AS MATERIALIZED (
    -- A delivery that a poller has leased gets them with its answer.
    SELECT o.id, t.status, t.code
    FROM tried t
    CROSS JOIN LATERAL (
        SELECT o.id FROM outbox o WHERE o.id = t.id AND o.lease_until IS NULL FOR UPDATE SKIP LOCKED
    ) o
    WHERE t.is_owed
), filled_owed AS (
    UPDATE outbox o SET last_status = u.status, last_error = u.code FROM unleased u WHERE o.id = ANY (ARRAY[u.id])
)
SELECT max(id) AS last FROM page
