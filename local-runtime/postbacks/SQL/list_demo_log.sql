-- Reads the view delivery_log for the demo: one row for each attempt.
SELECT l.id::text AS delivery, l.state, l.postback_id::text AS postback, l.conversion_id::text AS conversion,
    e.status AS became, l.attempts::text AS tries, a.request ->> 'method' AS method,
    a.response ->> 'status' AS answer, round((a.timing ->> 'totalMs')::numeric, 1)::text AS ms
FROM delivery_log l JOIN events e ON e.id = l.event_id
LEFT JOIN attempts a ON a.delivery_id = l.id
ORDER BY l.id
