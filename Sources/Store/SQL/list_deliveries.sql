-- Deliveries, owed and finished, in the order of their ids, behind an id ($7), with every attempt; null does not filter.
SELECT l.id, json_build_object(
        'id', l.id, 'state', l.state, 'postbackId', l.postback_id, 'conversionId', l.conversion_id,
        'eventId', l.event_id, 'sequence', l.sequence, 'status', e.status, 'destination', l.destination,
        'attemptCount', l.attempts, 'owedAt', rfc3339(l.owed_at), 'dueAt', rfc3339(l.due_at),
        'finishedAt', rfc3339(l.finished_at),
        -- A probe found no connection, and spent no attempt.
        'attempts', coalesce((
            SELECT json_agg(json_build_object('attempt', t.attempt, 'at', rfc3339(t.at), 'outcome', t.outcome, 'probe', t.probe,
                'postbackVersion', t.postback_version, 'request', t.request, 'response', t.response, 'error', t.error,
                'timing', t.timing, 'remoteAddress', t.remote_address, 'retryInSeconds', t.retry_in_seconds)
                ORDER BY t.lease_no)
            FROM attempts t WHERE t.delivery_id = l.id
        ), '[]')
    ) AS delivery
FROM delivery_log l JOIN events e ON e.id = l.event_id
WHERE ($1::bigint IS NULL OR l.conversion_id = $1)
    AND ($2::bigint IS NULL OR l.postback_id = $2)
    AND ($3::text IS NULL OR e.payload -> 'affiliate' ->> 'id' = $3)
    AND ($4::text IS NULL OR l.state = $4)
    AND ($5::timestamptz IS NULL OR l.owed_at >= $5)
    AND ($6::timestamptz IS NULL OR l.owed_at < $6)
    AND l.id > $7::bigint
ORDER BY l.id
LIMIT $8::bigint
