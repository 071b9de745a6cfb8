-- What the order of a conversion's events (R10) and the pause of a failing postback (R13) need to know. Programs of the
-- version before leave these columns as they are.

ALTER TABLE postbacks
    -- An event is sent also after a later one of its conversion was delivered to the same destination.
    ADD COLUMN IF NOT EXISTS send_overtaken boolean NOT NULL DEFAULT false;

ALTER TABLE outbox
    -- Since when later events wait for it, where that is not owed_at: later than that when it was resumed. Where it is set, a
    -- later event may have been delivered first: it was resumed, sent elsewhere, resent or backfilled.
    ADD COLUMN IF NOT EXISTS hold_from timestamptz,
    -- Resent with force: sent also after a later event was delivered.
    ADD COLUMN IF NOT EXISTS is_forced boolean NOT NULL DEFAULT false;

ALTER TABLE deliveries
    ADD COLUMN IF NOT EXISTS postback_version integer;  -- of the attempt that ended it; null: no attempt did, or it is not known
