-- Gives leases back that were never used: no attempt is charged. The next lease has another number.
UPDATE outbox o SET lease_until = NULL
FROM unnest($1::bigint[], $2::int[]) AS r(id, lease_no)
WHERE o.id = r.id AND o.lease_no = r.lease_no
