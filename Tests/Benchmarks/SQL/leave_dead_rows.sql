-- Owes and withdraws @count deliveries to the destination of the offer o1, so that their rows are dead. A vacuum does not remove
-- them as long as an older transaction could see them. The foreign ids stand for no rows: nobody reads those of a dead row.
WITH postback AS (
    SELECT p.id, p.destination_id FROM postbacks p WHERE p.offer_id = 'o1' LIMIT 1
)
INSERT INTO outbox (event_id, conversion_id, sequence, postback_id, destination_id, owed_at, due_at)
SELECT -n, -n, 1, p.id, p.destination_id, now() - interval '1 minute', now() - interval '1 minute' + n * interval '1 microsecond'
FROM generate_series(1, @count::int) AS n CROSS JOIN postback p
