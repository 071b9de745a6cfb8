SELECT id, conversion_id, sequence, status FROM events
