-- Creates or changes an offer (@id). A null keeps the name (@name), the switch for goals (@goals_enabled) or the list of goals
-- (@goal_ids with @goal_names). If a goal that would be removed is in use, nothing changes, and the answer names such goals.
WITH used AS MATERIALIZED (
    SELECT g.id FROM goals g
    WHERE g.offer_id = @id AND g.id <> ALL (@goal_ids::text[])
        AND (EXISTS (SELECT FROM postbacks p WHERE p.offer_id = @id AND p.goal_id = g.id AND p.deleted_at IS NULL)
            OR EXISTS (SELECT FROM conversions c WHERE c.offer_id = @id AND c.goal_id = g.id))
), saved AS (
    INSERT INTO offers AS o (id, name, goals_enabled)
    SELECT @id, coalesce(@name, @id), coalesce(@goals_enabled::boolean, false)
    WHERE NOT EXISTS (SELECT FROM used)
    ON CONFLICT (id) DO UPDATE SET
        name = coalesce(@name, o.name),
        goals_enabled = coalesce(@goals_enabled::boolean, o.goals_enabled),
        updated_at = now()
    RETURNING o.*
), cleared AS (
    -- Deleted postbacks do not keep a goal in use: their reference to it is cleared.
    UPDATE postbacks p SET goal_id = NULL
    WHERE p.offer_id = @id AND p.deleted_at IS NOT NULL AND p.goal_id <> ALL (@goal_ids::text[]) AND EXISTS (SELECT FROM saved)
), removed AS (
    DELETE FROM goals g USING saved s WHERE g.offer_id = s.id AND g.id <> ALL (@goal_ids::text[])
), kept AS (
    INSERT INTO goals AS g (offer_id, id, name, position)
    SELECT s.id, w.id, w.name, w.position
    FROM saved s, unnest(@goal_ids::text[], @goal_names::text[]) WITH ORDINALITY AS w(id, name, position)
    ON CONFLICT (offer_id, id) DO UPDATE SET name = excluded.name, position = excluded.position
    RETURNING g.id, g.name, g.position
)
SELECT s.id,
    json_build_object('id', s.id, 'name', s.name, 'goalsEnabled', s.goals_enabled,
        'goals', coalesce((
            SELECT json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.position)
            FROM (
                SELECT * FROM kept
                UNION ALL
                SELECT id, name, position FROM goals WHERE offer_id = @id AND @goal_ids::text[] IS NULL
            ) g
        ), '[]'),
        'createdAt', rfc3339(s.created_at), 'updatedAt', rfc3339(s.updated_at)) AS offer,
    (SELECT string_agg(id, ', ' ORDER BY id) FROM used) AS used
FROM (SELECT 1) one LEFT JOIN saved s ON true
