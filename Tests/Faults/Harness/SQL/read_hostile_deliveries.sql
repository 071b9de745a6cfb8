-- What each delivery came to, and to which host and port it goes.
SELECT d.id, d.state, split_part(p.url, '/', 3) AS host FROM delivery_log d JOIN postbacks p ON p.id = d.postback_id
