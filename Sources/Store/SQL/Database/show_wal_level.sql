-- How much the server writes into its WAL; a publication needs logical.
SELECT current_setting('wal_level') AS wal_level
