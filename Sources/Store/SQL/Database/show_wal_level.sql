-- Reads the server's wal_level. Following a publication needs the level logical.
SELECT current_setting('wal_level') AS wal_level
