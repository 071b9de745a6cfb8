-- Lists the paused postbacks, the longest first, at most @limit: why, since when, how many deliveries each holds, counted up to
-- @held_limit, and the count of all.
SELECT p.id, p.offer_id, p.affiliate_id, p.paused_reason AS reason, rfc3339(p.paused_at) AS since,
    (
        SELECT count(*) FROM (
            SELECT FROM outbox o WHERE o.destination_id = p.destination_id AND o.postback_id = p.id LIMIT @held_limit::bigint
        ) o
    ) AS held,
    count(*) OVER () AS count
FROM postbacks p
WHERE p.paused_at IS NOT NULL AND p.deleted_at IS NULL
ORDER BY p.paused_at, p.id
LIMIT @limit::bigint
