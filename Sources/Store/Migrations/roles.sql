-- Group roles, each with exactly the rights that its programs need. Nobody logs in as one of them:
--     CREATE ROLE shop_recorder LOGIN PASSWORD '…' IN ROLE postbacks_recorder;
-- The file is complete: rights that it does not grant are revoked. It runs again after every migration.

-- postbacks_reader    list…, findRecords, explainConversion, deliveryStatistics, showHealth, previewPostback, export, doctor. Sees
--                     only sealed secrets.
-- postbacks_recorder  recordConversion, updateConversionStatus. Sees only the columns of a postback that matching needs.
-- postbacks_poller    poll. Sees only sealed secrets; its delivery process opens them.
-- postbacks_manager   configure…, create…, update… and deletePostback, updatePostbacks, resendDeliveries, backfillPostback,
--                     redactConversion, rekey, prune; also everything that the reader may do.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['postbacks_reader', 'postbacks_recorder', 'postbacks_poller', 'postbacks_manager'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION
                -- Roles belong to the whole server: the migration of another database may have created the role in between.
                WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
    -- Functions that run as the owner of the tables must not find objects that somebody else has put into their schema.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format(
        'GRANT USAGE ON SCHEMA %I TO postbacks_reader, postbacks_recorder, postbacks_poller, postbacks_manager',
        current_schema());
END $$;

REVOKE ALL ON offers, goals, affiliates, destinations, postbacks, postback_versions, conversions, events, outbox, deliveries,
    attempts, delivery_log, schema_migrations, installation, pollers, alerts, alert_deaths, alert_watch, attempt_counts,
    attempt_counts_pending, counted_attempts, counters, api_keys
    FROM postbacks_reader, postbacks_recorder, postbacks_poller, postbacks_manager;
REVOKE ALL ON SEQUENCE conversions_id_seq, postbacks_id_seq, outbox_id_seq
    FROM postbacks_reader, postbacks_recorder, postbacks_poller, postbacks_manager;

GRANT EXECUTE ON FUNCTION rfc3339(timestamptz), conversion_json(conversions, text, text, text), id_key(text), oldest_due(),
    goal_fires(text, text, boolean), event_json(bigint, integer, text, text, timestamptz), postback_json(postbacks),
    click_known(text, text, text, text), half_open(integer, timestamptz, float8),
    fires(text, text, text, text, boolean, timestamptz, text, text, text, text, boolean),
    conversions_by_key(text, text, text), find_conversion(bigint, text, text, text, text)
    TO postbacks_reader, postbacks_recorder, postbacks_poller, postbacks_manager;

-- The gateway checks keys with the login of its functions, and stores when each was used last. Digests give no key away. Only a
-- manager creates and revokes keys.
GRANT SELECT, UPDATE (used_at) ON api_keys TO postbacks_reader, postbacks_recorder, postbacks_manager;
GRANT INSERT, UPDATE ON api_keys TO postbacks_manager;

-- Everybody: the version of the tables, and whether a poller is alive.
GRANT SELECT ON schema_migrations, pollers TO postbacks_reader, postbacks_recorder, postbacks_poller, postbacks_manager;

-- Reader.
GRANT SELECT ON offers, goals, affiliates, destinations, postbacks, postback_versions, conversions, events, outbox,
    deliveries, attempts, delivery_log, installation, alerts, alert_deaths, alert_watch, attempt_counts, attempt_counts_pending,
    counted_attempts, counters TO postbacks_reader, postbacks_manager;
GRANT EXECUTE ON FUNCTION sequences_behind(), database_mark(), owed_state(timestamptz, timestamptz, integer),
    waits_for(bigint, float8), destination_json(destinations) TO postbacks_reader, postbacks_manager;

-- Recorder.
GRANT SELECT ON offers, goals, affiliates TO postbacks_recorder;
GRANT SELECT (id, offer_id, affiliate_id, goal_id, conversion_status, active, paused_at, deleted_at, destination_id)
    ON postbacks TO postbacks_recorder;
GRANT SELECT, INSERT, UPDATE ON conversions TO postbacks_recorder;
GRANT USAGE ON SEQUENCE conversions_id_seq TO postbacks_recorder;
GRANT SELECT, INSERT ON events, outbox TO postbacks_recorder;

-- Poller.
GRANT SELECT ON postbacks, events TO postbacks_poller;
GRANT UPDATE (paused_at, paused_reason, updated_at) ON postbacks TO postbacks_poller;
GRANT SELECT, UPDATE, DELETE ON outbox TO postbacks_poller;
GRANT SELECT, INSERT ON deliveries, attempts TO postbacks_poller;
GRANT SELECT ON installation TO postbacks_poller;
GRANT INSERT, UPDATE, DELETE ON pollers TO postbacks_poller;
GRANT USAGE ON SEQUENCE outbox_id_seq TO postbacks_poller;
GRANT EXECUTE ON FUNCTION mend_sequences(), defer_unreadable(integer[]), database_mark() TO postbacks_poller;
GRANT SELECT, UPDATE ON destinations TO postbacks_poller;
-- Both drop, as the owner of the tables, only what is older than the days that the poller's settings say.
GRANT EXECUTE ON FUNCTION maintain_attempts(integer), drop_history(integer, bigint, integer, boolean) TO postbacks_poller;
GRANT SELECT, UPDATE, DELETE ON alerts, alert_deaths TO postbacks_poller;
GRANT SELECT, INSERT, UPDATE ON alert_watch TO postbacks_poller;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempt_counts, attempt_counts_pending TO postbacks_poller;
GRANT SELECT, INSERT, UPDATE ON counters TO postbacks_poller;
GRANT EXECUTE ON FUNCTION duration_bucket(float8), owed_state(timestamptz, timestamptz, integer) TO postbacks_poller;
GRANT EXECUTE ON FUNCTION tell(text, jsonb), about(postbacks) TO postbacks_poller;

-- Manager.
GRANT INSERT, UPDATE ON offers, affiliates, destinations, postbacks TO postbacks_manager;
GRANT EXECUTE ON FUNCTION find_or_add_destinations(text[]), drop_history(integer, bigint, integer, boolean)
    TO postbacks_manager;
GRANT INSERT, UPDATE, DELETE ON goals, outbox TO postbacks_manager;
GRANT INSERT ON postback_versions TO postbacks_manager;
GRANT INSERT, DELETE ON deliveries TO postbacks_manager;
-- The columns that redactConversion blanks.
GRANT UPDATE (ip, user_agent, params, status_reason, click_id, updated_at) ON conversions TO postbacks_manager;
GRANT UPDATE (payload) ON events TO postbacks_manager;
GRANT UPDATE (request, response, error) ON attempts TO postbacks_manager;
GRANT USAGE ON SEQUENCE postbacks_id_seq, outbox_id_seq TO postbacks_manager;

-- From PostgreSQL 17 on the right to vacuum can be granted. In earlier versions autovacuum does it, by the table's own settings.
DO $$ BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON outbox TO postbacks_poller';
    END IF;
END $$;
