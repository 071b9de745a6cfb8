-- What became of claimed alerts ($1, $2): done with ($3), or due again in so many seconds ($4), where it counts as an attempt ($5)
-- or not. A late answer of a lost lease changes nothing.
WITH answers AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::boolean[], $4::float8[], $5::boolean[])
        AS a(id, lease_no, is_done, wait, counts)
), done AS (
    DELETE FROM alerts a USING answers t WHERE a.id = t.id AND a.lease_no = t.lease_no AND t.is_done
)
UPDATE alerts a SET
    lease_until = NULL, attempt = a.attempt + t.counts::int, due_at = now() + make_interval(secs => t.wait)
FROM answers t
WHERE a.id = t.id AND a.lease_no = t.lease_no AND NOT t.is_done
