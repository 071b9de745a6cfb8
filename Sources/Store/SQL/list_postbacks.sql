-- The postbacks that are not deleted, in the order of their ids, behind an id ($6), filtered; null does not filter. For the list
-- from the newest on, what stands in a comment directly behind a word takes its place. $10 are origins.
-- A filter by offer or affiliate finds those for every offer or affiliate too. Secrets are sealed in what this answers.
SELECT p.id, p.offer_id, o.name AS offer_name, p.affiliate_id, a.name AS affiliate_name, p.goal_id, g.name AS goal_name,
    coalesce(o.goals_enabled, false) AS goals_enabled, p.conversion_status, p.url, p.http_type,
    json_build_object('url', p.url, 'httpType', p.http_type, 'basicAuth', p.basic_auth,
        'requestParams', p.request_params, 'requestHeaders', p.request_headers, 'signingSecret', p.signing_secret,
        'omitEmptyParams', p.omit_empty_params, 'skipWhenEmpty', p.skip_when_empty,
        'successWhen', p.success_when) AS request,
    p.active, p.send_overtaken, rfc3339(p.paused_at) AS paused_at, p.paused_reason, p.version,
    rfc3339(p.created_at) AS created_at, rfc3339(p.updated_at) AS updated_at
FROM postbacks p
LEFT JOIN offers o ON o.id = p.offer_id
LEFT JOIN affiliates a ON a.id = p.affiliate_id
LEFT JOIN goals g ON g.offer_id = p.offer_id AND g.id = p.goal_id
WHERE p.deleted_at IS NULL
    AND ($1::bigint[] IS NULL OR p.id = ANY ($1))
    AND ($2::text IS NULL OR p.offer_id IS NULL OR p.offer_id = $2)
    AND ($3::text IS NULL OR p.affiliate_id IS NULL OR p.affiliate_id = $3)
    AND ($4::text IS NULL OR p.goal_id = $4)
    AND ($5::text IS NULL OR p.conversion_status = $5)
    AND ($8::boolean IS NULL OR p.active = $8)
    AND ($9::boolean IS NULL OR (p.paused_at IS NOT NULL) = $9)
    AND ($10::text[] IS NULL OR p.destination_id IN (SELECT d.id FROM destinations d WHERE d.origin = ANY ($10)))
    AND p.id >/*<*/ $6::bigint
ORDER BY p.id ASC/*DESC*/
LIMIT $7::bigint
