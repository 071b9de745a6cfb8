-- Makes and drops attempts' partitions as the tables' owner, whoever asks, so that a poller needs no right to create or drop
-- anything. Who may ask is said with the roles (`postbacks migrate --roles`).

ALTER FUNCTION maintain_attempts(integer) RENAME TO maintain_attempt_partitions;

CREATE FUNCTION maintain_attempts(keep_days integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF keep_days IS NULL OR keep_days < 1 THEN
        RAISE 'attempts are kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Whoever reads attempts locks the whole first and then its parts; in another order the two could wait for each other.
    IF EXISTS (
        SELECT FROM generate_series(0, 7) AS ahead(days)
        WHERE to_regclass('attempts_' || to_char((now() AT TIME ZONE 'UTC')::date + ahead.days, 'YYYYMMDD')) IS NULL
    ) OR EXISTS (
        SELECT FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'attempts'::regclass AND child.relname ~ '^attempts_[0-9]{8}$'
            AND to_date(right(child.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - keep_days
    ) THEN
        LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE;
    END IF;
    RETURN maintain_attempt_partitions(keep_days);
END $$;

-- Nobody's own tables, functions or operators may stand in for those that it means.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION maintain_attempts(integer) SET search_path = %I, pg_temp', current_schema());
END $$;

REVOKE ALL ON FUNCTION maintain_attempts(integer), maintain_attempt_partitions(integer) FROM PUBLIC;
