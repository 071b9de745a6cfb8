-- Fails if the database's disk is full. It writes 8 MiB into a temporary table and rolls that back: each row fills a page.
DO $$ BEGIN
    BEGIN
        PERFORM set_config('temp_tablespaces', '', true);
        CREATE TEMPORARY TABLE postbacks_doctor (filler text) WITH (fillfactor = 10) ON COMMIT DROP;
        INSERT INTO pg_temp.postbacks_doctor SELECT repeat('x', 800) FROM generate_series(1, 1024);
        RAISE SQLSTATE 'PB000';
    EXCEPTION
        WHEN SQLSTATE 'PB000' THEN NULL;
    END;
END $$
