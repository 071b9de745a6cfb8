-- Gives back leases (@delivery_ids, @lease_nos) that were not used: no attempt is charged. The next lease has another number and
-- begins after @waits seconds at the earliest.
UPDATE outbox o SET
    lease_until = NULL,
    due_at = CASE WHEN r.wait > 0 THEN greatest(o.due_at, now() + make_interval(secs => r.wait)) ELSE o.due_at END
FROM unnest(@delivery_ids::bigint[], @lease_nos::int[], @waits::float8[]) AS r(id, lease_no, wait)
WHERE o.id = ANY (ARRAY[r.id]) AND o.lease_no = r.lease_no
