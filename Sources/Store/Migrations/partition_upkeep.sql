-- Makes and drops attempts' partitions as the tables' owner, whoever asks, so that a poller needs no right to create or drop
-- anything. Who may ask is said with the roles (`postbacks migrate --roles`).

ALTER FUNCTION maintain_attempts(integer) RENAME TO maintain_attempt_partitions;

CREATE FUNCTION maintain_attempts(keep_days integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF keep_days IS NULL OR keep_days < 1 THEN
        RAISE 'attempts are kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN maintain_attempt_partitions(keep_days);
END $$;

-- Nobody's own tables, functions or operators may stand in for those that it means.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION maintain_attempts(integer) SET search_path = %I, pg_temp', current_schema());
END $$;

REVOKE ALL ON FUNCTION maintain_attempts(integer), maintain_attempt_partitions(integer) FROM PUBLIC;
