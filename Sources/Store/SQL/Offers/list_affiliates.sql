-- Lists affiliates in the order of their ids, behind an id (@after_id), or, with @by_time, in the order of their creation, behind
-- a time and an id (@after_time, @after_id). For the list from the newest on, a comment directly behind a word replaces that
-- word. With an id (@id) only the affiliate that has it is listed.
SELECT
    CASE WHEN @by_time::boolean THEN to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' ELSE '' END
        || a.id AS cursor,
    json_build_object('id', a.id, 'name', a.name,
    'createdAt', rfc3339(a.created_at), 'updatedAt', rfc3339(a.updated_at)) AS affiliate
FROM affiliates a
WHERE (@id::text IS NULL OR a.id = @id)
    AND (@after_id::text IS NULL OR (CASE WHEN @by_time::boolean THEN a.created_at ELSE '-infinity' END, a.id)
        >/*<*/ (@after_time::timestamptz, @after_id::text))
ORDER BY CASE WHEN @by_time::boolean THEN a.created_at END ASC/*DESC*/, a.id ASC/*DESC*/
LIMIT @count::bigint
