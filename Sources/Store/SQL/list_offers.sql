-- Offers in the order of their ids, behind an id ($1).
SELECT o.id, json_build_object('id', o.id, 'name', o.name, 'goalsEnabled', o.goals_enabled,
    'goals', coalesce((
        SELECT json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.position)
        FROM goals g WHERE g.offer_id = o.id
    ), '[]'),
    'createdAt', rfc3339(o.created_at), 'updatedAt', rfc3339(o.updated_at)) AS offer
FROM offers o
WHERE $1::text IS NULL OR o.id > $1
ORDER BY o.id
LIMIT $2::bigint
