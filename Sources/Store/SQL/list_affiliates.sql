-- Affiliates in the order of their ids, behind an id ($1).
SELECT a.id, json_build_object('id', a.id, 'name', a.name,
    'createdAt', rfc3339(a.created_at), 'updatedAt', rfc3339(a.updated_at)) AS affiliate
FROM affiliates a
WHERE $1::text IS NULL OR a.id > $1
ORDER BY a.id
LIMIT $2::bigint
