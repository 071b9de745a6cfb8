-- Pauses those of the postbacks ($1) whose last ten deliveries all died, within 72 hours and since the postback was last
-- changed (R13), and holds what they owe. What is in flight is held when it comes back.
WITH pausing AS (
    UPDATE postbacks p SET
        paused_at = now(), paused_reason = 'its last 10 deliveries all died within 72 hours', updated_at = now()
    WHERE p.id = ANY ($1::bigint[]) AND p.paused_at IS NULL AND p.deleted_at IS NULL
        AND (
            SELECT count(*) = 10 AND bool_and(
                l.state = 'dead' AND l.finished_at > greatest(now() - interval '72 hours', p.updated_at))
            FROM (
                SELECT d.state, d.finished_at FROM deliveries d
                WHERE d.postback_id = p.id AND d.state <> 'cancelled'
                ORDER BY d.finished_at DESC
                LIMIT 10
            ) l
        )
    RETURNING p.id
)
UPDATE outbox o SET due_at = 'infinity'
FROM pausing p
WHERE o.postback_id = p.id AND o.lease_until IS NULL
