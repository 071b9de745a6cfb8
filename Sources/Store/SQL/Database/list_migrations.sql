-- Lists the numbers of the migrations that were run.
SELECT number FROM schema_migrations
