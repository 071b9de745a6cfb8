-- Makes the commit of its transaction wait for the synchronous standby, also if the transaction changes nothing else. It writes an
-- empty message to the write-ahead log, behind everything that was committed before. Without a synchronous standby it writes
-- nothing.
SELECT pg_logical_emit_message(true, 'postbacks', ''::text) WHERE current_setting('synchronous_standby_names') <> ''
