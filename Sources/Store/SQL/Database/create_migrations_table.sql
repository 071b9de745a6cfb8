-- Creates the table that lists the migrations that were run.
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY, name text NOT NULL, done_at timestamptz NOT NULL DEFAULT now())
