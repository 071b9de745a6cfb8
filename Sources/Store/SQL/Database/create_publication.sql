-- Makes the publication postbacks_events of all events that are inserted, unless it exists. Erased and dropped events are not
-- published.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'postbacks_events') THEN
        CREATE PUBLICATION postbacks_events FOR TABLE events WITH (publish = 'insert');
    END IF;
END $$
