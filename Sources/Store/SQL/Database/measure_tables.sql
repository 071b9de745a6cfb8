-- Tells whether one of the large tables has more than @limit rows.
SELECT EXISTS (SELECT FROM deliveries OFFSET @limit::bigint) OR EXISTS (SELECT FROM outbox OFFSET @limit::bigint)
    OR EXISTS (SELECT FROM conversions OFFSET @limit::bigint) AS has_more
