-- Lists the attempts that were stored since a time (@since), and in the three seconds before it, because a transaction may commit
-- later than it began: the last @limit of them, with their deliveries and without headers and bodies, in the order in which they
-- were stored. A null filter is not applied. Each row has the present time (until); if there is no attempt, the only row has
-- nothing else. Attempts that began more than an hour ago are left out, so that only the partitions of today, and of yesterday
-- shortly after midnight, are read.
SELECT now()::text AS until, f.*
FROM (SELECT) AS always
LEFT JOIN (
    SELECT a.delivery_id, a.lease_no, a.stored_at, rfc3339(a.stored_at) AS at, a.attempt, a.outcome, l.state, l.postback_id,
        l.conversion_id, l.offer_id, l.affiliate_id, l.destination, a.response ->> 'status' AS status,
        a.error ->> 'code' AS error_code, round((a.timing ->> 'totalMs')::numeric)::bigint AS milliseconds,
        a.request ->> 'method' AS method, a.request ->> 'url' AS url
    FROM attempts a
    CROSS JOIN LATERAL (SELECT * FROM delivery_log l WHERE l.id = a.delivery_id LIMIT 1 OFFSET 0) l
    WHERE a.stored_at > @since::timestamptz - interval '3 seconds' AND a.at > now() - interval '1 hour'
        AND (@postback_id::bigint IS NULL OR l.postback_id = @postback_id)
        AND (@offer_id::text IS NULL OR l.offer_id = @offer_id)
        AND (@affiliate_id::text IS NULL OR l.affiliate_id = @affiliate_id)
        AND (@outcome::text IS NULL OR a.outcome = @outcome)
    ORDER BY a.stored_at DESC, a.delivery_id DESC, a.lease_no DESC
    LIMIT @limit::bigint
) f ON true
ORDER BY f.stored_at, f.delivery_id, f.lease_no
