SELECT id, conversion_id, sequence, status, (extract(epoch FROM at) * 1000)::bigint AS at FROM events
