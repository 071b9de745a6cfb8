-- Affiliates in the order of their ids, behind an id ($1), or, with $3, in the order in which they were made, behind a time and an
-- id ($4, $1). For the list from the newest on, what stands in a comment directly behind a word takes its place.
SELECT
    CASE WHEN $3::boolean THEN to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' ELSE '' END
        || a.id AS cursor,
    json_build_object('id', a.id, 'name', a.name,
    'createdAt', rfc3339(a.created_at), 'updatedAt', rfc3339(a.updated_at)) AS affiliate
FROM affiliates a
WHERE $1::text IS NULL
    OR (CASE WHEN $3::boolean THEN a.created_at ELSE '-infinity' END, a.id) >/*<*/ ($4::timestamptz, $1::text)
ORDER BY CASE WHEN $3::boolean THEN a.created_at END ASC/*DESC*/, a.id ASC/*DESC*/
LIMIT $2::bigint
