-- Finds the earlier conversion for each line of a batch of repeats, and the fields in which the repeat differs from the first
-- recording. A field that the repeat leaves out is not compared.
SELECT c.id, conversion_json(c, o.name, a.name, g.name) AS conversion,
    array_to_string(ARRAY[
        CASE WHEN i.affiliate_id <> c.affiliate_id THEN 'affiliateId' END,
        CASE WHEN i.click_id <> coalesce(c.click_id, '') THEN 'clickId' END,
        CASE WHEN i.status <> e.status THEN 'status' END,
        CASE WHEN i.status_reason IS DISTINCT FROM e.payload ->> 'statusReason' AND i.status_reason IS NOT NULL THEN 'statusReason' END,
        CASE WHEN i.payout IS DISTINCT FROM (e.payload ->> 'payout')::numeric AND i.payout IS NOT NULL THEN 'payout' END,
        CASE WHEN i.revenue IS DISTINCT FROM (e.payload ->> 'revenue')::numeric AND i.revenue IS NOT NULL THEN 'revenue' END,
        CASE WHEN i.sale_amount IS DISTINCT FROM (e.payload ->> 'saleAmount')::numeric AND i.sale_amount IS NOT NULL THEN 'saleAmount' END,
        CASE WHEN i.currency <> coalesce(c.currency, '') THEN 'currency' END,
        CASE WHEN i.ip <> coalesce(c.ip, '') THEN 'ip' END,
        CASE WHEN i.country <> coalesce(c.country, '') THEN 'country' END,
        CASE WHEN i.user_agent <> coalesce(c.user_agent, '') THEN 'userAgent' END,
        CASE WHEN i.clicked_at IS DISTINCT FROM c.clicked_at AND i.clicked_at IS NOT NULL THEN 'clickedAt' END,
        CASE WHEN i.occurred_at <> c.occurred_at THEN 'occurredAt' END,
        CASE WHEN i.params::jsonb IS DISTINCT FROM c.params::jsonb AND i.params IS NOT NULL THEN 'params' END
    ], ',') AS conflicts,
    k.click_known
FROM unnest(@offer_ids::text[], @affiliate_ids::text[], @goal_ids::text[], @transaction_ids::text[], @click_ids::text[],
    @statuses::text[], @status_reasons::text[], @payouts::numeric[], @revenues::numeric[], @sale_amounts::numeric[],
    @currencies::text[], @ips::text[], @countries::text[], @user_agents::text[], @clicked_at::timestamptz[],
    @occurred_at::timestamptz[], @params::text[]) WITH ORDINALITY
    AS i(offer_id, affiliate_id, goal_id, transaction_id, click_id,
        status, status_reason, payout, revenue, sale_amount,
        currency, ip, country, user_agent, clicked_at,
        occurred_at, params, line)
LEFT JOIN LATERAL (
    SELECT t.* FROM conversions t
    WHERE t.offer_id = i.offer_id AND id_key(t.transaction_id) = id_key(i.transaction_id)
        AND t.transaction_id = i.transaction_id
        AND coalesce(t.goal_id, '') = coalesce(i.goal_id, '')
    UNION ALL
    SELECT t.* FROM conversions t
    WHERE i.transaction_id IS NULL AND t.offer_id = i.offer_id AND id_key(t.click_id) = id_key(i.click_id)
        AND t.click_id = i.click_id
        AND coalesce(t.goal_id, '') = coalesce(i.goal_id, '') AND t.transaction_id IS NULL
) c ON true
LEFT JOIN events e ON e.conversion_id = c.id AND e.sequence = 1
LEFT JOIN offers o ON o.id = c.offer_id
LEFT JOIN affiliates a ON a.id = c.affiliate_id
LEFT JOIN goals g ON g.offer_id = c.offer_id AND g.id = c.goal_id
CROSS JOIN LATERAL click_known(i.offer_id, i.goal_id, i.transaction_id, i.click_id) k
ORDER BY i.line
