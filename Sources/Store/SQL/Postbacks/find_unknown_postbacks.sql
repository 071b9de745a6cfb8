-- Returns the ids among @postback_ids that no postback has, or only a deleted one.
SELECT string_agg(i.id::text, ', ' ORDER BY i.id) AS unknown
FROM unnest(@postback_ids::bigint[]) AS i(id)
WHERE NOT EXISTS (SELECT FROM postbacks p WHERE p.id = i.id AND p.deleted_at IS NULL)
