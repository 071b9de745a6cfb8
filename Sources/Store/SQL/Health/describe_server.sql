-- Describes the server and the session's login, with those of @roles that the login has. A superuser passes every check of a role
-- and is listed with none.
SELECT current_setting('server_version_num')::int AS number, 'PostgreSQL ' || current_setting('server_version') AS text,
    current_user::text AS login,
    pg_is_in_recovery() AS is_standby, current_setting('transaction_read_only')::boolean AS is_read_only,
    current_setting('data_checksums')::boolean AS has_checksums,
    (
        SELECT string_agg(r.rolname, ', ' ORDER BY r.rolname) FROM pg_roles r
        WHERE r.rolname = ANY (@roles::text[]) AND pg_has_role(r.oid, 'USAGE')
            AND NOT (SELECT own.rolsuper FROM pg_roles own WHERE own.rolname = current_user)
    ) AS roles
