-- Finds all records with an id (@text): conversions by their own id, their transaction and their click, and deliveries,
-- postbacks, offers and affiliates by their ids. @number is the text as a number, or null if it is none. It returns at most
-- @limit conversions; of every other kind there is one at most. With @offer_id or @affiliate_id it finds only records of that
-- offer or affiliate; null does not limit. Without @every_offer it leaves out records that concern every offer, which are
-- postbacks for every offer, and affiliates. Without @every_affiliate it leaves out postbacks for every affiliate, their
-- deliveries, and offers. It finds the offer @offer_id and the affiliate @affiliate_id in each of these cases.
WITH named AS MATERIALIZED (
    SELECT 1 AS place, 'id' AS matched, c.* FROM conversions c WHERE c.id = @number::bigint
    UNION ALL
    (
        SELECT 2, 'transactionId', c.*
        FROM offers o
        CROSS JOIN LATERAL (SELECT c.* FROM conversions_by_key(o.id, @text::text, NULL) c OFFSET 0) c
        WHERE (@offer_id::text IS NULL OR o.id = @offer_id) AND (@affiliate_id::text IS NULL OR c.affiliate_id = @affiliate_id)
        LIMIT @limit::bigint
    )
    UNION ALL
    (
        SELECT 3, 'clickId', c.*
        FROM offers o
        CROSS JOIN LATERAL (SELECT c.* FROM conversions_by_key(o.id, NULL, @text::text) c OFFSET 0) c
        WHERE (@offer_id::text IS NULL OR o.id = @offer_id) AND (@affiliate_id::text IS NULL OR c.affiliate_id = @affiliate_id)
        LIMIT @limit::bigint
    )
), found AS (
    SELECT 1 AS kind, c.id::text AS id, c.place, c.id AS number, json_build_object('kind', 'conversion', 'id', c.id,
        'matched', c.matched, 'offerId', c.offer_id, 'affiliateId', c.affiliate_id, 'goalId', c.goal_id,
        'transactionId', c.transaction_id, 'clickId', c.click_id, 'status', c.status, 'createdAt', rfc3339(c.created_at)) AS match
    FROM (
        -- One that is found in two ways is returned once.
        SELECT DISTINCT ON (n.id) n.* FROM named n
        WHERE (@offer_id::text IS NULL OR n.offer_id = @offer_id)
            AND (@affiliate_id::text IS NULL OR n.affiliate_id = @affiliate_id)
        ORDER BY n.id, n.place
    ) c
    UNION ALL
    (
        SELECT 2, l.id::text, 0, l.id, json_build_object('kind', 'delivery', 'id', l.id, 'matched', 'id', 'state', l.state,
            'postbackId', l.postback_id, 'conversionId', l.conversion_id, 'offerId', l.offer_id, 'affiliateId', l.affiliate_id)
        FROM delivery_log l
        WHERE l.id = @number::bigint
            AND (@offer_id::text IS NULL OR l.offer_id = @offer_id)
            AND (@affiliate_id::text IS NULL OR l.affiliate_id = @affiliate_id)
            AND (@every_affiliate::boolean OR EXISTS (
                SELECT FROM postbacks p WHERE p.id = l.postback_id AND p.affiliate_id IS NOT NULL))
        LIMIT 1
    )
    UNION ALL
    SELECT 3, p.id::text, 0, p.id, json_build_object('kind', 'postback', 'id', p.id, 'matched', 'id',
        'offerId', coalesce(p.offer_id, '*'), 'affiliateId', coalesce(p.affiliate_id, '*'),
        'conversionStatus', p.conversion_status, 'url', p.url, 'active', p.active, 'deleted', p.deleted_at IS NOT NULL)
    FROM postbacks p
    WHERE p.id = @number::bigint
        AND (@offer_id::text IS NULL OR p.offer_id IS NULL OR p.offer_id = @offer_id)
        AND (@affiliate_id::text IS NULL OR p.affiliate_id IS NULL OR p.affiliate_id = @affiliate_id)
        AND (@every_offer::boolean OR p.offer_id IS NOT NULL) AND (@every_affiliate::boolean OR p.affiliate_id IS NOT NULL)
    UNION ALL
    SELECT 4, o.id, 0, 0, json_build_object('kind', 'offer', 'id', o.id, 'matched', 'id', 'name', o.name)
    FROM offers o
    WHERE o.id = @text::text AND (@offer_id::text IS NULL OR o.id = @offer_id)
        AND (@every_affiliate::boolean OR NOT @every_offer::boolean AND o.id = @offer_id)
    UNION ALL
    SELECT 5, a.id, 0, 0, json_build_object('kind', 'affiliate', 'id', a.id, 'matched', 'id', 'name', a.name)
    FROM affiliates a
    WHERE a.id = @text::text AND (@affiliate_id::text IS NULL OR a.id = @affiliate_id)
        AND (@every_offer::boolean OR NOT @every_affiliate::boolean AND a.id = @affiliate_id)
)
SELECT kind = 1 AS is_conversion, match FROM found ORDER BY kind, place, number
