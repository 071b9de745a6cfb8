-- Creates one alert for the dead deliveries of each postback in each minute that is over. It waits five seconds more for
-- transactions that noted a death and commit late. If two pollers run it at once, each death is reported by only one of them.
WITH finished AS MATERIALIZED (
    SELECT d.id FROM alert_deaths d
    WHERE d.at < date_trunc('minute', now() - interval '5 seconds')
    FOR UPDATE SKIP LOCKED
), collected AS (
    DELETE FROM alert_deaths d USING finished WHERE d.id = finished.id RETURNING d.*
), reports AS MATERIALIZED (
    SELECT postback_id, date_trunc('minute', at) AS minute, count(*) AS count, min(delivery_id) AS first,
        max(delivery_id) AS last
    FROM collected
    GROUP BY postback_id, date_trunc('minute', at)
    ORDER BY count(*) DESC
)
SELECT tell('delivery.dead', about(p) || jsonb_build_object('count', r.count, 'firstDeliveryId', r.first,
    'lastDeliveryId', r.last, 'minute', rfc3339(r.minute)))
FROM reports r JOIN postbacks p ON p.id = r.postback_id
