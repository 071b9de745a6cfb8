-- Attempts are counted for each minute, postback, destination and outcome, so that a question about a day does not read
-- its attempts. Also, more about each poller.

-- A row counts the attempts that were stored within its time: a minute, an hour or a day (width, in seconds). Each attempt is
-- counted in one row of each width. Minutes and hours are kept for some days only. The outcome dead is that of the last attempt
-- of a delivery that is dead. The columns from until_5 on count the attempts by their duration: until_25 those that took more
-- than 10 and at most 25 milliseconds.
CREATE TABLE attempt_counts (
    width          integer NOT NULL CHECK (width IN (60, 3600, 86400)),
    since          timestamptz NOT NULL,
    postback_id    bigint NOT NULL,
    destination_id integer NOT NULL,
    outcome        text COLLATE "C" NOT NULL
        CHECK (outcome IN ('delivered', 'retry', 'failed', 'dead', 'skipped', 'unknown')),
    attempts       bigint NOT NULL,
    milliseconds   bigint NOT NULL,  -- the sum of the durations
    until_5        bigint NOT NULL,
    until_10       bigint NOT NULL,
    until_25       bigint NOT NULL,
    until_50       bigint NOT NULL,
    until_100      bigint NOT NULL,
    until_250      bigint NOT NULL,
    until_500      bigint NOT NULL,
    until_1000     bigint NOT NULL,
    until_2500     bigint NOT NULL,
    until_5000     bigint NOT NULL,
    until_10000    bigint NOT NULL,
    until_20000    bigint NOT NULL,
    longer         bigint NOT NULL,
    PRIMARY KEY (width, since, postback_id, destination_id, outcome)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

CREATE INDEX attempt_counts_postback ON attempt_counts (postback_id, width, since);

-- The counts of the last seconds. Each batch of answers adds rows in its own transaction, so that the counts agree with the
-- attempts whatever is interrupted. Pollers move them into attempt_counts every few seconds. No row is ever updated, so that
-- pollers do not wait for one another. bucket is the number of the duration's column, from 1 on; null if nothing was measured.
CREATE TABLE attempt_counts_pending (
    since          timestamptz NOT NULL,
    postback_id    bigint NOT NULL,
    destination_id integer NOT NULL,
    outcome        text COLLATE "C" NOT NULL,
    bucket         integer,
    attempts       bigint NOT NULL,
    milliseconds   float8 NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000, vacuum_truncate = off);

-- The number of the column of attempt_counts that counts a duration.
CREATE FUNCTION duration_bucket(milliseconds float8) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN width_bucket(
    ceil(milliseconds), ARRAY[-1, 6, 11, 26, 51, 101, 251, 501, 1001, 2501, 5001, 10001, 20001]::float8[]);

-- All counts. A pending one is in each width, as in attempt_counts.
CREATE VIEW counted_attempts AS
SELECT width, since, postback_id, destination_id, outcome, attempts, milliseconds::float8 AS milliseconds,
    until_5, until_10, until_25, until_50, until_100, until_250, until_500, until_1000, until_2500, until_5000, until_10000,
    until_20000, longer
FROM attempt_counts
UNION ALL
SELECT w.width, since, postback_id, destination_id, outcome, attempts, milliseconds,
    CASE bucket WHEN 1 THEN attempts ELSE 0 END, CASE bucket WHEN 2 THEN attempts ELSE 0 END,
    CASE bucket WHEN 3 THEN attempts ELSE 0 END, CASE bucket WHEN 4 THEN attempts ELSE 0 END,
    CASE bucket WHEN 5 THEN attempts ELSE 0 END, CASE bucket WHEN 6 THEN attempts ELSE 0 END,
    CASE bucket WHEN 7 THEN attempts ELSE 0 END, CASE bucket WHEN 8 THEN attempts ELSE 0 END,
    CASE bucket WHEN 9 THEN attempts ELSE 0 END, CASE bucket WHEN 10 THEN attempts ELSE 0 END,
    CASE bucket WHEN 11 THEN attempts ELSE 0 END, CASE bucket WHEN 12 THEN attempts ELSE 0 END,
    CASE bucket WHEN 13 THEN attempts ELSE 0 END
FROM attempt_counts_pending CROSS JOIN (VALUES (60), (3600), (86400)) AS w(width);

ALTER TABLE pollers
    ADD COLUMN host text,
    ADD COLUMN in_flight integer,  -- requests that it waits for
    -- Since it started: the deliveries that it has claimed, and the answers that it has stored, by what they led to.
    ADD COLUMN claimed bigint,
    ADD COLUMN delivered bigint,
    ADD COLUMN retried bigint,
    ADD COLUMN failed bigint,
    ADD COLUMN dead bigint,
    ADD COLUMN skipped bigint,
    ADD COLUMN fenced bigint,  -- late answers of lost leases, which changed nothing
    ADD COLUMN beat bigint NOT NULL DEFAULT 0;  -- the number of its last heartbeat

-- These counters of all pollers together are for Prometheus: name and labels as in its text format, without the prefix postbacks_. Each
-- heartbeat adds what is new.
CREATE TABLE counters (
    name   text COLLATE "C" NOT NULL,
    labels text COLLATE "C" NOT NULL,
    value  float8 NOT NULL,
    PRIMARY KEY (name, labels)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- When an attempt was stored, so that a program can follow the attempts as they come; null for those of before. at is earlier, by
-- the duration of the attempt, and by the difference of the clocks. A BRIN index costs an insert next to nothing, because it has
-- an entry for each sixteen pages only.
ALTER TABLE attempts ADD COLUMN stored_at timestamptz;
ALTER TABLE attempts ALTER COLUMN stored_at SET DEFAULT now();

-- Partitions of days before this migration get no index, so that no large table is locked while one is built.
CREATE OR REPLACE FUNCTION maintain_attempt_partitions(keep_days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    day date;
    name text;
    changed integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('postbacks.attempts'));
    FOR offset_days IN 0..7 LOOP
        day := (now() AT TIME ZONE 'UTC')::date + offset_days;
        name := 'attempts_' || to_char(day, 'YYYYMMDD');
        IF to_regclass(name) IS NULL THEN
            -- Attempts of a day without a partition are in the default one, and move.
            EXECUTE format('CREATE TABLE %I (LIKE attempts INCLUDING ALL)', name);
            EXECUTE format('CREATE INDEX ON %I USING brin (stored_at) WITH (pages_per_range = 16, autosummarize = on)', name);
            EXECUTE format('WITH moved AS (DELETE FROM attempts_other WHERE at >= %L AND at < %L RETURNING *)
                INSERT INTO %I SELECT * FROM moved', day::timestamp AT TIME ZONE 'UTC',
                (day + 1)::timestamp AT TIME ZONE 'UTC', name);
            EXECUTE format('ALTER TABLE attempts ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
                day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
            changed := changed + 1;
        END IF;
    END LOOP;
    FOR name IN
        SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'attempts'::regclass AND child.relname ~ '^attempts_[0-9]{8}$'
            AND to_date(right(child.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - keep_days
    LOOP
        EXECUTE format('DROP TABLE %I', name);
        changed := changed + 1;
    END LOOP;
    DELETE FROM attempts_other WHERE at < now() - make_interval(days => keep_days);
    RETURN changed;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'attempts'::regclass AND child.relname ~ '^attempts_[0-9]{8}$'
            AND to_date(right(child.relname, 8), 'YYYYMMDD') > (now() AT TIME ZONE 'UTC')::date
    LOOP
        EXECUTE format('CREATE INDEX ON %I USING brin (stored_at) WITH (pages_per_range = 16, autosummarize = on)', name);
    END LOOP;
END $$;
