-- The status and the error of a delivery's last attempt are stored beside the delivery, so that lists find it by an index. The
-- status is null if no answer came. In the outbox the columns have names of their own, because statements of the version before
-- use the name error_code there for a value of theirs.

ALTER TABLE outbox
    ADD COLUMN IF NOT EXISTS last_status smallint,
    ADD COLUMN IF NOT EXISTS last_error text;

ALTER TABLE deliveries ADD COLUMN IF NOT EXISTS http_status smallint;

CREATE OR REPLACE VIEW delivery_log AS
SELECT o.id, owed_state(o.lease_until, p.paused_at, o.attempt) AS state,
    o.postback_id, o.conversion_id, o.event_id, o.sequence, d.origin AS destination, o.attempt AS attempts,
    o.owed_at, CASE WHEN isfinite(o.due_at) THEN greatest(o.due_at, d.blocked_until) END AS due_at,
    NULL::timestamptz AS finished_at, o.last_error AS error_code,
    true AS is_owed, o.lease_no, o.attempts_before,
    coalesce(o.offer_id, (SELECT c.offer_id FROM conversions c WHERE c.id = o.conversion_id)) AS offer_id,
    coalesce(o.affiliate_id, (SELECT c.affiliate_id FROM conversions c WHERE c.id = o.conversion_id)) AS affiliate_id,
    o.destination_id, o.last_status AS http_status
FROM outbox o JOIN postbacks p ON p.id = o.postback_id JOIN destinations d ON d.id = o.destination_id
UNION ALL
SELECT f.id, f.state, f.postback_id, f.conversion_id, f.event_id, f.sequence, d.origin, f.attempts,
    f.owed_at, NULL, f.finished_at, f.error_code,
    false, f.lease_no, f.attempts_before, f.offer_id, f.affiliate_id,
    f.destination_id, f.http_status
FROM deliveries f JOIN destinations d ON d.id = f.destination_id;

-- A destination as functions return it. A block that has ended is not shown.
CREATE FUNCTION destination_json(d destinations) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('destination', (d).origin, 'maxInFlight', (d).max_in_flight,
    'blockedUntil', CASE WHEN (d).blocked_until > now() THEN rfc3339((d).blocked_until) END,
    'failures', (d).failures, 'failingSince', rfc3339((d).failing_since),
    'postbacks', (SELECT count(*) FROM postbacks p WHERE p.destination_id = (d).id AND p.deleted_at IS NULL));
