-- Tells whether the least-privilege roles have been granted rights in this database.
SELECT coalesce(bool_or(has_table_privilege(oid, 'schema_migrations', 'SELECT')), false) AS used
FROM pg_roles WHERE rolname = 'postbacks_reader'
