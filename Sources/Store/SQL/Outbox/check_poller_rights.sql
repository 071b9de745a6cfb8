-- Fails if the login lacks a right that a poller needs. A poller that can claim but not complete would send the same deliveries
-- again and again.
DO $$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(needed.action || ' ' || needed.relation, ', ') INTO missing
    FROM (
        VALUES ('SELECT', 'outbox'), ('UPDATE', 'outbox'), ('DELETE', 'outbox'), ('SELECT', 'postbacks'),
            ('SELECT', 'events'), ('SELECT', 'destinations'), ('UPDATE', 'destinations'), ('SELECT', 'deliveries'),
            ('INSERT', 'deliveries'), ('INSERT', 'attempts')
    ) AS needed(action, relation)
    WHERE NOT has_table_privilege(needed.relation, needed.action);
    IF missing IS NOT NULL OR NOT has_column_privilege('postbacks', 'paused_at', 'UPDATE')
        OR NOT has_function_privilege('maintain_attempts(integer)', 'EXECUTE')
    THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            'the login %s lacks rights that a poller needs%s; postbacks migrate --roles makes the role postbacks_poller for it',
            current_user, coalesce(' (' || missing || ')', ''));
    END IF;
END $$
