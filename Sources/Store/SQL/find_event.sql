-- The last event of a conversion (@conversion_id), as deliverPostback takes it.
SELECT json_build_object('id', e.id, 'sequence', e.sequence, 'status', e.status,
    'previousStatus', e.previous_status, 'at', rfc3339(e.at)) AS event, e.payload AS conversion
FROM events e
WHERE e.conversion_id = @conversion_id::bigint
ORDER BY e.sequence DESC
LIMIT 1
