-- Lists offers in the order of their ids, behind an id (@after_id), or, with @by_time, in the order of their creation, behind a
-- time and an id (@after_time, @after_id). For the list from the newest on, a comment directly behind a word replaces that word.
-- With an id (@id) only the offer that has it is listed.
SELECT
    CASE WHEN @by_time::boolean THEN to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' ELSE '' END
        || o.id AS cursor,
    json_build_object('id', o.id, 'name', o.name, 'goalsEnabled', o.goals_enabled,
    'goals', coalesce((
        SELECT json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.position)
        FROM goals g WHERE g.offer_id = o.id
    ), '[]'),
    'createdAt', rfc3339(o.created_at), 'updatedAt', rfc3339(o.updated_at)) AS offer
FROM offers o
WHERE (@id::text IS NULL OR o.id = @id)
    AND (@after_id::text IS NULL OR (CASE WHEN @by_time::boolean THEN o.created_at ELSE '-infinity' END, o.id)
        >/*<*/ (@after_time::timestamptz, @after_id::text))
ORDER BY CASE WHEN @by_time::boolean THEN o.created_at END ASC/*DESC*/, o.id ASC/*DESC*/
LIMIT @count::bigint
