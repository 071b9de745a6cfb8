-- Tells whether the database has the table that lists the migrations that were run.
SELECT to_regclass('schema_migrations') IS NOT NULL AS exists
