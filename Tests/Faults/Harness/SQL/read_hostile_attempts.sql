-- Returns the result of each attempt, and its start in milliseconds since 1970.
SELECT delivery_id, outcome, error ->> 'code' AS code, (response ->> 'status')::int AS status,
    split_part(request ->> 'url', '/', 3) AS host, (extract(epoch FROM at) * 1000)::bigint AS at
FROM attempts
