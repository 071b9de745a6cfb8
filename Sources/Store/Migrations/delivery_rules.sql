-- A destination that does not answer is blocked for a while, and then tried with one request at a time, until it answers.

ALTER TABLE destinations
    ADD COLUMN failing_since timestamptz,            -- the first request without an answer since the last answer
    ADD COLUMN failures integer NOT NULL DEFAULT 0,  -- requests in a row without an answer
    ADD COLUMN blocks integer NOT NULL DEFAULT 0,    -- how often it was blocked for that
    ADD CHECK ((failing_since IS NULL) = (failures = 0)),
    ADD CHECK (failures >= blocks);

-- One row is one request, known by delivery_id and lease_no; attempt is the number that it carried. A probe found no
-- connection while its destination was failing: nothing was handed to a receiver, so it spent no attempt, and the
-- delivery's next request carries the same number. An unspent number is never one that a receiver saw.
ALTER TABLE attempts ADD COLUMN probe boolean NOT NULL DEFAULT false;

-- First attempts and retries each in their own order, so that neither hides the other. A program of the version before
-- finds what is due in here as well, only slower.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (destination_id, (attempt > 0), due_at, id);

-- What is owed to a blocked destination is not due before the block ends.
CREATE OR REPLACE VIEW delivery_log AS
SELECT o.id,
    CASE
        WHEN o.lease_until > now() THEN 'in_flight'
        WHEN p.paused_at IS NOT NULL THEN 'held'
        WHEN o.attempt > 0 THEN 'retrying'
        ELSE 'owed'
    END AS state,
    o.postback_id, o.conversion_id, o.event_id, o.sequence, d.origin AS destination, o.attempt AS attempts,
    o.owed_at, CASE WHEN isfinite(o.due_at) THEN greatest(o.due_at, d.blocked_until) END AS due_at,
    NULL::timestamptz AS finished_at, NULL::text AS error_code
FROM outbox o JOIN postbacks p ON p.id = o.postback_id JOIN destinations d ON d.id = o.destination_id
UNION ALL
SELECT f.id, f.state, f.postback_id, f.conversion_id, f.event_id, f.sequence, d.origin, f.attempts,
    f.owed_at, NULL, f.finished_at, f.error_code
FROM deliveries f JOIN destinations d ON d.id = f.destination_id;
