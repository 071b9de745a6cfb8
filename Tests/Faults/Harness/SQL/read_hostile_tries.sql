-- Returns the number of attempts for each host and port.
SELECT split_part(request ->> 'url', '/', 3) AS host, count(*) AS tries FROM attempts GROUP BY 1
