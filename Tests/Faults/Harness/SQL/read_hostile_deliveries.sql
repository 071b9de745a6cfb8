-- Returns the state of each delivery, and the host and port of its destination.
SELECT d.id, d.state, split_part(p.url, '/', 3) AS host FROM delivery_log d JOIN postbacks p ON p.id = d.postback_id
