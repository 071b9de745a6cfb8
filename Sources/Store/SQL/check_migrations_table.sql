-- Whether the database has a table of the migrations that were run.
SELECT to_regclass('schema_migrations') IS NOT NULL AS exists
