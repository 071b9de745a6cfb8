-- Whose a delivery is stands beside it, so that lists and exports find it by an index. Programs of the version before leave the
-- new columns of the outbox empty; what they finish is filled in as it is stored.

ALTER TABLE outbox
    ADD COLUMN IF NOT EXISTS offer_id text COLLATE "C",
    ADD COLUMN IF NOT EXISTS affiliate_id text COLLATE "C",
    ADD COLUMN IF NOT EXISTS attempts_before integer NOT NULL DEFAULT 0,  -- attempts of before it was resent
    ADD COLUMN IF NOT EXISTS resent_at timestamptz;                       -- owed_at stays what it was

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS offer_id text COLLATE "C",
    ADD COLUMN IF NOT EXISTS affiliate_id text COLLATE "C",
    ADD COLUMN IF NOT EXISTS attempts_before integer NOT NULL DEFAULT 0;

CREATE FUNCTION fill_delivery() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    SELECT c.offer_id, c.affiliate_id INTO NEW.offer_id, NEW.affiliate_id FROM conversions c WHERE c.id = NEW.conversion_id;
    RETURN NEW;
END $$;

-- Nobody's own tables, functions or operators may stand in for those that it means.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION fill_delivery() SET search_path = %I, pg_temp', current_schema());
END $$;

REVOKE ALL ON FUNCTION fill_delivery() FROM PUBLIC;

CREATE TRIGGER fill_delivery BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.affiliate_id IS NULL)
    EXECUTE FUNCTION fill_delivery();

CREATE FUNCTION owed_state(lease_until timestamptz, paused_at timestamptz, attempt integer) RETURNS text LANGUAGE sql STABLE
RETURN CASE
    WHEN lease_until > now() THEN 'in_flight'
    WHEN paused_at IS NOT NULL THEN 'held'
    WHEN attempt > 0 THEN 'retrying'
    ELSE 'owed'
END;

-- R10: the first of the earlier events' deliveries for which an owed one waits, and until when at the latest, unless that one is
-- in flight. The hold is in seconds. What a claim looks at (claim_deliveries.sql) is looked at here.
CREATE FUNCTION waits_for(waiting_id bigint, hold float8) RETURNS json LANGUAGE sql STABLE
RETURN (
    SELECT json_build_object('deliveryId', w.id, 'eventSequence', w.sequence,
        'until', CASE WHEN w.until > now() THEN rfc3339(w.until) END)
    FROM (
        SELECT earlier.id, earlier.sequence, earlier.lease_until,
            greatest(coalesce(earlier.hold_from, earlier.owed_at),
                CASE WHEN o.hold_from > coalesce(o.resent_at, o.owed_at) THEN o.hold_from END)
                + make_interval(secs => hold) AS until
        FROM outbox o
        JOIN outbox earlier ON earlier.conversion_id = o.conversion_id AND earlier.sequence < o.sequence
        WHERE o.id = waiting_id AND o.sequence > 1
            AND (
                earlier.destination_id = o.destination_id
                OR (SELECT p.destination_id FROM postbacks p WHERE p.id = earlier.postback_id) = o.destination_id
            )
    ) w
    WHERE w.lease_until > now() OR w.until > now()
    ORDER BY w.sequence, w.id
    LIMIT 1
);

CREATE OR REPLACE VIEW delivery_log AS
SELECT o.id, owed_state(o.lease_until, p.paused_at, o.attempt) AS state,
    o.postback_id, o.conversion_id, o.event_id, o.sequence, d.origin AS destination, o.attempt AS attempts,
    o.owed_at, CASE WHEN isfinite(o.due_at) THEN greatest(o.due_at, d.blocked_until) END AS due_at,
    NULL::timestamptz AS finished_at, NULL::text AS error_code,
    true AS is_owed, o.lease_no, o.attempts_before,
    coalesce(o.offer_id, (SELECT c.offer_id FROM conversions c WHERE c.id = o.conversion_id)) AS offer_id,
    coalesce(o.affiliate_id, (SELECT c.affiliate_id FROM conversions c WHERE c.id = o.conversion_id)) AS affiliate_id
FROM outbox o JOIN postbacks p ON p.id = o.postback_id JOIN destinations d ON d.id = o.destination_id
UNION ALL
SELECT f.id, f.state, f.postback_id, f.conversion_id, f.event_id, f.sequence, d.origin, f.attempts,
    f.owed_at, NULL, f.finished_at, f.error_code,
    false, f.lease_no, f.attempts_before, f.offer_id, f.affiliate_id
FROM deliveries f JOIN destinations d ON d.id = f.destination_id;
