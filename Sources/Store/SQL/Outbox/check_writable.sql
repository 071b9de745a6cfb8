-- Fails if the session is read-only, and says why: it could not lease or store anything.
DO $$ BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
        RAISE read_only_sql_transaction USING MESSAGE = CASE
            WHEN pg_is_in_recovery() THEN 'the database can only be read: the server is a standby'
            ELSE format(
                'the database can only be read: default_transaction_read_only is on for the login %s, its database or the server',
                current_user)
        END;
    END IF;
END $$
