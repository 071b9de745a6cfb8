-- Who polls. A poller writes its row every few seconds and removes it when it ends in good order, so that whoever asks can tell
-- whether anybody sends. It names no host. Only seen_at and problem change, which stand in no index: each beat is a HOT update.
CREATE TABLE pollers (
    id         uuid PRIMARY KEY,
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    problem    text  -- why nothing can be sent from there; null: nothing is known to be wrong
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
