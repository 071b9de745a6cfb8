-- What the operator is to be told (POSTBACKS_ALERT_URL): an outbox of its own, which pollers claim from. Triggers write it in the
-- transaction of what is told, whichever program does that, so that it is told once and survives every program. Nothing is
-- stored where no poller sends alerts.

-- At most 500 of each type; what finds no place is not told.
CREATE TABLE alerts (
    -- From 2^52 on, so that no receiver takes one for a delivery's.
    id          bigint GENERATED ALWAYS AS IDENTITY (START WITH 4503599627370496) PRIMARY KEY,
    type        text NOT NULL CHECK (type IN ('postback.paused', 'postback.resumed', 'delivery.dead', 'destination.blocked',
        'destination.recovered', 'outbox.lagging', 'poller.stopped')),
    data        jsonb NOT NULL,  -- ids, names, reasons and counts, no secret
    at          timestamptz NOT NULL DEFAULT now(),
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    lease_no    integer NOT NULL DEFAULT 0,
    attempt     integer NOT NULL DEFAULT 0
);

-- Deliveries that died, until those of a minute and a postback are told together.
CREATE TABLE alert_deaths (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    postback_id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);

-- One row as soon as a poller sends alerts.
CREATE TABLE alert_watch (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seen_at       timestamptz NOT NULL,  -- when a poller that sends alerts was there last
    lagging_since timestamptz            -- outbox.lagging was told, and the outbox has not recovered since
);

-- Whether a poller that sends alerts was there within the last hour: as long as that it may be away and misses nothing.
CREATE FUNCTION alerts_are_sent() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM alert_watch WHERE seen_at > now() - interval '1 hour');
END;

CREATE FUNCTION tell(type text, data jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    INSERT INTO alerts (type, data)
    SELECT tell.type, tell.data
    WHERE alerts_are_sent() AND (SELECT count(*) FROM alerts a WHERE a.type = tell.type) < 500;
END;

-- Which postback it is.
CREATE FUNCTION about(p postbacks) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'postbackId', (p).id,
        'offer', jsonb_build_object('id', coalesce((p).offer_id, '*'),
            'name', coalesce((SELECT o.name FROM offers o WHERE o.id = (p).offer_id), '*')),
        'affiliate', jsonb_build_object('id', coalesce((p).affiliate_id, '*'),
            'name', coalesce((SELECT a.name FROM affiliates a WHERE a.id = (p).affiliate_id), '*')),
        'conversionStatus', (p).conversion_status,
        'destination', (SELECT d.origin FROM destinations d WHERE d.id = (p).destination_id));
END;

CREATE FUNCTION tell_of_pause() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.paused_at IS NOT NULL THEN
        PERFORM tell('postback.paused', about(NEW)
            || jsonb_build_object('pausedAt', rfc3339(NEW.paused_at), 'reason', NEW.paused_reason));
    ELSE
        PERFORM tell('postback.resumed', about(NEW)
            || jsonb_build_object('pausedAt', rfc3339(OLD.paused_at), 'reason', OLD.paused_reason));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION tell_of_block() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.blocks > 0 THEN
        PERFORM tell('destination.blocked', jsonb_build_object('destination', NEW.origin, 'failures', NEW.failures,
            'failingSince', rfc3339(NEW.failing_since), 'blockedUntil', rfc3339(NEW.blocked_until)));
    ELSE
        PERFORM tell('destination.recovered', jsonb_build_object('destination', NEW.origin, 'failures', OLD.failures,
            'failingSince', rfc3339(OLD.failing_since)));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION tell_of_death() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF alerts_are_sent() THEN
        INSERT INTO alert_deaths (postback_id, delivery_id) VALUES (NEW.postback_id, NEW.id);
    END IF;
    RETURN NULL;
END $$;

-- Nobody's own tables, functions or operators may stand in for those that they mean.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['alerts_are_sent()', 'tell(text, jsonb)', 'about(postbacks)', 'tell_of_pause()',
        'tell_of_block()', 'tell_of_death()']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION alerts_are_sent(), tell(text, jsonb), about(postbacks), tell_of_pause(), tell_of_block(), tell_of_death()
    FROM PUBLIC;

CREATE TRIGGER postbacks_told AFTER UPDATE OF paused_at ON postbacks FOR EACH ROW
    WHEN ((OLD.paused_at IS NULL) <> (NEW.paused_at IS NULL)) EXECUTE FUNCTION tell_of_pause();
CREATE TRIGGER destinations_told AFTER UPDATE OF blocks ON destinations FOR EACH ROW
    WHEN ((OLD.blocks = 0) <> (NEW.blocks = 0)) EXECUTE FUNCTION tell_of_block();
CREATE TRIGGER deliveries_told AFTER INSERT ON deliveries FOR EACH ROW
    WHEN (NEW.state = 'dead') EXECUTE FUNCTION tell_of_death();
