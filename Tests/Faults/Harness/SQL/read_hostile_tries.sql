-- How often each host and port has been tried.
SELECT split_part(request ->> 'url', '/', 3) AS host, count(*) AS tries FROM attempts GROUP BY 1
