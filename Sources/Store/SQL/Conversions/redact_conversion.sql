-- Blanks the personal data of a conversion (@conversion_id), whose row this transaction has locked before: in the conversion, in
-- the snapshots of its events and in the attempts of its deliveries. Ids, amounts, states and times stay.
-- The reason of a status is free text and may contain personal data, so it is blanked too.
-- The click's id is replaced by a text that does not reveal it: a conversion must have one of the two ids, and two conversions
-- must not share it.
WITH blanked AS (
    UPDATE conversions c SET
        ip = NULL,
        user_agent = NULL,
        params = NULL,
        status_reason = NULL,
        click_id = CASE WHEN c.click_id IS NOT NULL THEN 'redacted-' || c.id END,
        updated_at = CASE
            WHEN num_nonnulls(c.ip, c.user_agent, c.params, c.status_reason) > 0 OR c.click_id <> 'redacted-' || c.id THEN now()
            ELSE c.updated_at
        END
    WHERE c.id = @conversion_id::bigint
    RETURNING c AS conversion, c.id
), snapshots AS (
    -- The members that stay keep their order and spelling.
    UPDATE events e SET payload = (
        SELECT json_object_agg(m.key,
            CASE m.key WHEN 'clickId' THEN to_json('redacted-' || e.conversion_id) ELSE m.value END ORDER BY m.place)
        FROM json_each(e.payload) WITH ORDINALITY AS m(key, value, place)
        WHERE m.key NOT IN ('ip', 'userAgent', 'params', 'statusReason')
    )
    WHERE e.conversion_id = @conversion_id::bigint
        AND (num_nonnulls(e.payload -> 'ip', e.payload -> 'userAgent', e.payload -> 'params', e.payload -> 'statusReason') > 0
            OR e.payload ->> 'clickId' <> 'redacted-' || e.conversion_id)
    RETURNING e.id
), idle AS MATERIALIZED (
    -- Deliveries in the outbox that are not leased and that no other transaction has locked at this moment. This statement does
    -- not wait for locks: a transaction that stores answers locks such rows in another order.
    SELECT o.id FROM outbox o
    WHERE o.conversion_id = @conversion_id::bigint AND o.lease_until IS NULL
    FOR UPDATE SKIP LOCKED
), put_off AS (
    -- A claim that began before this transaction commits still reads the old snapshot. Until then these rows are not due.
    UPDATE outbox o SET due_at = clock_timestamp() + interval '1 second'
    FROM idle
    WHERE o.id = ANY (ARRAY[idle.id])
        AND o.due_at < clock_timestamp() + interval '1 second'
        AND o.event_id IN (SELECT id FROM snapshots)
), wiped AS (
    -- Errors that name only the receiver's host and address, or that are no answer at all, keep their message.
    UPDATE attempts t SET
        request = CASE WHEN t.request IS NOT NULL THEN
            json_strip_nulls(json_build_object('method', t.request -> 'method', 'redacted', true)) END,
        response = CASE WHEN t.response IS NOT NULL THEN
            json_strip_nulls(json_build_object('status', t.response -> 'status', 'redacted', true)) END,
        error = CASE
            WHEN t.error ->> 'code' NOT IN ('dns', 'connect', 'timeout', 'forbidden_target', 'lost', 'superseded')
            THEN json_build_object('code', t.error -> 'code', 'message', 'redacted')
            ELSE t.error
        END
    WHERE t.delivery_id = ANY (ARRAY(
            SELECT id FROM outbox WHERE conversion_id = @conversion_id::bigint
            UNION ALL
            SELECT id FROM deliveries WHERE conversion_id = @conversion_id::bigint
        ))
        AND (
            t.request IS NOT NULL AND t.request -> 'redacted' IS NULL
            OR t.response IS NOT NULL AND t.response -> 'redacted' IS NULL
            OR t.error ->> 'code' NOT IN ('dns', 'connect', 'timeout', 'forbidden_target', 'lost', 'superseded')
                AND t.error ->> 'message' IS DISTINCT FROM 'redacted'
        )
    RETURNING t.delivery_id
)
SELECT conversion_json(b.conversion, o.name, a.name, g.name) AS conversion,
    (SELECT count(*) FROM wiped) AS redacted_attempts,
    -- The answers to these are stored later, together with their requests.
    (SELECT count(*) FROM outbox w WHERE w.conversion_id = b.id) - (SELECT count(*) FROM idle) AS in_flight
FROM blanked b
JOIN offers o ON o.id = (b.conversion).offer_id
JOIN affiliates a ON a.id = (b.conversion).affiliate_id
LEFT JOIN goals g ON g.offer_id = (b.conversion).offer_id AND g.id = (b.conversion).goal_id
