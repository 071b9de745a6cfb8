-- Lists at most @count postbacks that are not deleted, in the order of their ids, behind an id (@after_id); a null filter is not
-- applied. For the list from the newest on, a comment directly behind a word replaces that word. @origins are origins of
-- destinations.
-- A filter by offer or affiliate also finds postbacks for every offer or affiliate, unless @exact says that it finds only those
-- of that one; "*" finds those for every one alone. Without @every_offer or @every_affiliate no postback for every offer or
-- affiliate is found. The secrets in the result are sealed.
SELECT p.id, p.offer_id, o.name AS offer_name, p.affiliate_id, a.name AS affiliate_name, p.goal_id, g.name AS goal_name,
    coalesce(o.goals_enabled, false) AS goals_enabled, p.conversion_status, p.url, p.http_type,
    postback_json(p) AS request,
    p.active, p.send_overtaken, rfc3339(p.paused_at) AS paused_at, p.paused_reason, p.version,
    rfc3339(p.created_at) AS created_at, rfc3339(p.updated_at) AS updated_at
FROM postbacks p
LEFT JOIN offers o ON o.id = p.offer_id
LEFT JOIN affiliates a ON a.id = p.affiliate_id
LEFT JOIN goals g ON g.offer_id = p.offer_id AND g.id = p.goal_id
WHERE p.deleted_at IS NULL
    AND (@postback_ids::bigint[] IS NULL OR p.id = ANY (@postback_ids))
    AND (@offer_id::text IS NULL OR coalesce(p.offer_id, '*') = @offer_id OR p.offer_id IS NULL AND NOT @exact::boolean)
    AND (@affiliate_id::text IS NULL OR coalesce(p.affiliate_id, '*') = @affiliate_id
        OR p.affiliate_id IS NULL AND NOT @exact::boolean)
    AND (@every_offer::boolean OR p.offer_id IS NOT NULL) AND (@every_affiliate::boolean OR p.affiliate_id IS NOT NULL)
    AND (@goal_id::text IS NULL OR p.goal_id = @goal_id)
    AND (@conversion_status::text IS NULL OR p.conversion_status = @conversion_status)
    AND (@active::boolean IS NULL OR p.active = @active)
    AND (@paused::boolean IS NULL OR (p.paused_at IS NOT NULL) = @paused)
    AND (@origins::text[] IS NULL OR p.destination_id IN (SELECT d.id FROM destinations d WHERE d.origin = ANY (@origins)))
    AND p.id >/*<*/ @after_id::bigint
ORDER BY p.id ASC/*DESC*/
LIMIT @count::bigint
