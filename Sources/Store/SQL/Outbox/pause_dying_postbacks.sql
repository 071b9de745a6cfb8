-- Pauses those of the postbacks (@postback_ids) whose last ten deliveries all ended dead or failed, within 72 hours and under the
-- present version of the postback (R13), and holds what they owe. A delivery in flight is held when it comes back.
-- Cancelled and skipped deliveries, lost ones and failures on this side say nothing about a receiver and do not count. If the
-- last thousand deliveries hold fewer than ten that count, the postback is not paused.
WITH pausing AS (
    UPDATE postbacks p SET
        paused_at = now(), paused_reason = 'its last 10 deliveries all ended dead or failed within 72 hours',
        updated_at = now()
    WHERE p.id = ANY (@postback_ids::bigint[]) AND p.paused_at IS NULL AND p.deleted_at IS NULL
        AND (
            SELECT count(*) = 10 AND bool_and(l.state IN ('dead', 'failed'))
            FROM (
                SELECT recent.state
                FROM (
                    SELECT d.state, d.error_code, d.postback_version, d.finished_at FROM deliveries d
                    WHERE d.postback_id = p.id AND d.finished_at > greatest(now() - interval '72 hours', p.updated_at)
                    ORDER BY d.finished_at DESC
                    LIMIT 1000
                ) recent
                WHERE recent.state IN ('delivered', 'dead', 'failed')
                    AND coalesce(recent.postback_version, p.version) = p.version
                    AND coalesce(recent.error_code, '') NOT IN ('lost', 'secret', 'internal')
                ORDER BY recent.finished_at DESC
                LIMIT 10
            ) l
        )
    RETURNING p.id, p.offer_id, p.affiliate_id, p.paused_reason
), held AS (
    UPDATE outbox o SET due_at = 'infinity'
    FROM pausing p
    WHERE o.postback_id = p.id AND o.lease_until IS NULL
)
SELECT json_agg(json_build_object('postback', id, 'offer', offer_id, 'affiliate', affiliate_id, 'reason', paused_reason))
    AS pauses
FROM pausing
