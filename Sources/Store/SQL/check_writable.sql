-- Fails where the session can only read: nothing could be leased or stored.
DO $$ BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
        RAISE read_only_sql_transaction USING MESSAGE = 'the database can only be read';
    END IF;
END $$
