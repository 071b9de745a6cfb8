-- Creates or changes an affiliate; null keeps the name.
INSERT INTO affiliates AS a (id, name) VALUES ($1, coalesce($2, $1))
ON CONFLICT (id) DO UPDATE SET name = coalesce($2, a.name), updated_at = now()
RETURNING json_build_object('id', id, 'name', name,
    'createdAt', rfc3339(created_at), 'updatedAt', rfc3339(updated_at)) AS affiliate
