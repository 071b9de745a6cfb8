-- Lists the paused postbacks, the one paused for longest first, at most @limit, with the reason, the time of the pause, and the
-- number of deliveries that each holds, counted up to @held_limit. Each row also has the number of all paused postbacks.
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
