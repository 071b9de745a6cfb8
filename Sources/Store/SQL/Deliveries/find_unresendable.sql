-- Names the ids among @delivery_ids that no delivery has.
SELECT string_agg(i.id::text, ', ' ORDER BY i.id) AS unknown
FROM unnest(@delivery_ids::bigint[]) AS i(id)
WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.id = i.id) AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = i.id)
