-- Stores that the migration @number (@name) was run.
INSERT INTO schema_migrations (number, name) VALUES (@number::int, @name)
