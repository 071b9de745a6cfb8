-- Keys are compared by their bytes: the order of a language's collation changes with the C library, and an index that was built
-- before lets the same key in twice after. Text stays where it is; only the indexes are built again. What refers to the columns
-- by name (a view, a function) is made anew as it was, whoever has changed it since.
DO $$
DECLARE
    log_text text := pg_get_viewdef('delivery_log'::regclass);
    log_rights aclitem[] := (SELECT relacl FROM pg_class WHERE oid = 'delivery_log'::regclass);
    json_text text := pg_get_functiondef('conversion_json(conversions, text, text, text)'::regprocedure);
    granted record;
BEGIN
    LOCK TABLE conversions, postbacks, goals, offers, affiliates, destinations IN ACCESS EXCLUSIVE MODE;
    DROP VIEW delivery_log;
    DROP FUNCTION conversion_json(conversions, text, text, text);
    DROP INDEX conversions_transaction, conversions_click_alone, conversions_click;

    ALTER TABLE offers ALTER COLUMN id TYPE text COLLATE "C";
    ALTER TABLE goals ALTER COLUMN offer_id TYPE text COLLATE "C", ALTER COLUMN id TYPE text COLLATE "C";
    ALTER TABLE affiliates ALTER COLUMN id TYPE text COLLATE "C";
    ALTER TABLE destinations ALTER COLUMN origin TYPE text COLLATE "C";
    ALTER TABLE postbacks
        ALTER COLUMN offer_id TYPE text COLLATE "C", ALTER COLUMN affiliate_id TYPE text COLLATE "C",
        ALTER COLUMN goal_id TYPE text COLLATE "C", ALTER COLUMN conversion_status TYPE text COLLATE "C",
        ALTER COLUMN idempotency_key TYPE text COLLATE "C";
    ALTER TABLE conversions
        ALTER COLUMN offer_id TYPE text COLLATE "C", ALTER COLUMN affiliate_id TYPE text COLLATE "C",
        ALTER COLUMN goal_id TYPE text COLLATE "C", ALTER COLUMN transaction_id TYPE text COLLATE "C",
        ALTER COLUMN click_id TYPE text COLLATE "C";

    EXECUTE json_text;
    EXECUTE 'CREATE VIEW delivery_log AS ' || log_text;
    FOR granted IN
        SELECT a.privilege_type AS action, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS who
        FROM aclexplode(log_rights) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE a.grantee <> a.grantor
    LOOP
        EXECUTE format('GRANT %s ON delivery_log TO %s', granted.action, granted.who);
    END LOOP;
END $$;

-- What an index holds of an id that a tracker made: an entry has room for 2,704 bytes. A longer id counts by its digest, behind a
-- character that no id has. chr(92) is the backslash, which decode() would take for an escape.
CREATE FUNCTION id_key(id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(id) <= 1600 THEN id
    ELSE chr(1) || encode(sha256(decode(replace(id, chr(92), repeat(chr(92), 2)), 'escape')), 'hex') END;

-- R6. Whoever looks an id up compares its key, for the index, and the id itself.
CREATE UNIQUE INDEX conversions_transaction ON conversions (offer_id, id_key(transaction_id), coalesce(goal_id, ''))
    WHERE transaction_id IS NOT NULL;
CREATE UNIQUE INDEX conversions_click_alone ON conversions (offer_id, id_key(click_id), coalesce(goal_id, ''))
    WHERE transaction_id IS NULL;
CREATE INDEX conversions_click ON conversions (offer_id, id_key(click_id)) WHERE click_id IS NOT NULL;

-- Sequences that would give an id that is taken: a table was restored without them, or somebody set them back. An id from
-- 2^53 (2^31 for destinations) on is nobody's that a sequence made, and says nothing of it.
CREATE FUNCTION sequences_behind() RETURNS TABLE (name text, next_id bigint, last_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT s.name, s.next_id, s.last_id FROM (
        SELECT 'outbox_id_seq', (SELECT last_value + is_called::int FROM outbox_id_seq),
            greatest((SELECT max(id) FROM outbox WHERE id < 9007199254740992),
                (SELECT max(id) FROM deliveries WHERE id < 9007199254740992))
        UNION ALL
        SELECT 'events_id_seq', (SELECT last_value + is_called::int FROM events_id_seq),
            (SELECT max(id) FROM events WHERE id < 9007199254740992)
        UNION ALL
        SELECT 'conversions_id_seq', (SELECT last_value + is_called::int FROM conversions_id_seq),
            (SELECT max(id) FROM conversions WHERE id < 9007199254740992)
        UNION ALL
        SELECT 'postbacks_id_seq', (SELECT last_value + is_called::int FROM postbacks_id_seq),
            (SELECT max(id) FROM postbacks WHERE id < 9007199254740992)
        UNION ALL
        SELECT 'destinations_id_seq', (SELECT last_value + is_called::int FROM destinations_id_seq),
            (SELECT max(id) FROM destinations WHERE id < 2147483647)
    ) AS s(name, next_id, last_id)
    WHERE s.next_id <= s.last_id;
END;

-- Brings them forward; names those that stood behind.
CREATE FUNCTION mend_sequences() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    behind record;
    mended text;
BEGIN
    FOR behind IN SELECT * FROM sequences_behind() LOOP
        PERFORM setval(behind.name::regclass, behind.last_id);
        mended := concat_ws(', ', mended, behind.name);
    END LOOP;
    RETURN mended;
END $$;

-- What is due to destinations and cannot be read or leased, such as a row whose pages are damaged, waits an hour: it must not
-- stop what is due beside it. Each row is tried by itself, as a claim would take it, and left as it was.
CREATE FUNCTION defer_unreadable(destinations integer[]) RETURNS TABLE (delivery_id bigint, reason text)
LANGUAGE plpgsql AS $$
DECLARE
    candidate bigint;
BEGIN
    FOR candidate IN
        SELECT o.id FROM unnest(destinations) AS d(id)
        CROSS JOIN (VALUES (false), (true)) AS kind(again)
        CROSS JOIN LATERAL (
            SELECT due.id FROM outbox due
            WHERE due.destination_id = d.id AND (due.attempt > 0) = kind.again AND due.due_at <= now()
                AND (due.lease_until IS NULL OR due.lease_until <= now())
            ORDER BY due.due_at, due.id
            LIMIT 500
        ) o
    LOOP
        BEGIN
            PERFORM length(p::text), length(e::text)
            FROM outbox o JOIN postbacks p ON p.id = o.postback_id JOIN events e ON e.id = o.event_id
            WHERE o.id = candidate;
            UPDATE outbox o SET lease_no = o.lease_no + 1, attempt = o.attempt + 2 WHERE o.id = candidate;
            RAISE SQLSTATE 'PB000';
        EXCEPTION
            WHEN SQLSTATE 'PB000' THEN NULL;
            WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded OR internal_error
                OR data_corrupted OR index_corrupted
            THEN
                delivery_id := candidate;
                reason := SQLERRM;
                UPDATE outbox o SET due_at = now() + interval '1 hour', lease_until = NULL WHERE o.id = candidate;
                RETURN NEXT;
        END;
    END LOOP;
END $$;

-- What tells this database from a copy of it: the server's system identifier, which a physical standby shares and a restored dump
-- does not, and the database's number in it. Where the server does not show the identifier the outbox's number stands for it.
CREATE FUNCTION database_mark() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    server text;
BEGIN
    BEGIN
        SELECT system_identifier::text INTO server FROM pg_control_system();
    EXCEPTION
        WHEN insufficient_privilege OR undefined_function OR feature_not_supported THEN
            server := 'outbox ' || 'outbox'::regclass::oid;
    END;
    RETURN server || '/' || (SELECT oid FROM pg_database WHERE datname = current_database());
END $$;

-- Nobody's own tables, functions or operators may stand in for those that they mean.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['sequences_behind()', 'mend_sequences()', 'database_mark()'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION sequences_behind(), mend_sequences(), defer_unreadable(integer[]), database_mark() FROM PUBLIC;

-- The database that sends. A poller on another one, which is a copy of this table too, refuses.
CREATE TABLE installation (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mark      text NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO installation (mark) VALUES (database_mark());
