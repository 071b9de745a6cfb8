-- Creates or changes an affiliate (@id); a null @name keeps the name.
INSERT INTO affiliates AS a (id, name) VALUES (@id, coalesce(@name, @id))
ON CONFLICT (id) DO UPDATE SET name = coalesce(@name, a.name), updated_at = now()
RETURNING json_build_object('id', id, 'name', name,
    'createdAt', rfc3339(created_at), 'updatedAt', rfc3339(updated_at)) AS affiliate
