-- Finds the last event of a conversion (@conversion_id), in the form that deliverPostback takes.
SELECT event_json(e.id, e.sequence, e.status, e.previous_status, e.at) AS event, e.payload AS conversion
FROM events e
WHERE e.conversion_id = @conversion_id::bigint
ORDER BY e.sequence DESC
LIMIT 1
