-- A poller ($1) of a version ($2), which started so many seconds ago ($3), is there; $4 is what keeps it from sending. Those that
-- have not been seen for a day are forgotten.
WITH gone AS (
    DELETE FROM pollers WHERE seen_at < now() - interval '1 day' AND id <> $1::uuid
)
INSERT INTO pollers AS p (id, version, started_at, problem)
VALUES ($1::uuid, $2, now() - make_interval(secs => $3::float8), $4)
ON CONFLICT (id) DO UPDATE SET seen_at = now(), problem = excluded.problem
