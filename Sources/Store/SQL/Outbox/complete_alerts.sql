-- Stores the results of claimed alerts (@alert_ids, @lease_nos): an alert is finished (@done), or due again after a number of
-- seconds (@waits), and that counts as an attempt or not (@counted). A late answer to a lost lease changes nothing.
WITH answers AS MATERIALIZED (
    SELECT * FROM unnest(@alert_ids::bigint[], @lease_nos::int[], @done::boolean[], @waits::float8[], @counted::boolean[])
        AS a(id, lease_no, is_done, wait, counts)
), done AS (
    DELETE FROM alerts a USING answers t WHERE a.id = t.id AND a.lease_no = t.lease_no AND t.is_done
)
UPDATE alerts a SET
    lease_until = NULL, attempt = a.attempt + t.counts::int, due_at = now() + make_interval(secs => t.wait)
FROM answers t
WHERE a.id = t.id AND a.lease_no = t.lease_no AND NOT t.is_done
