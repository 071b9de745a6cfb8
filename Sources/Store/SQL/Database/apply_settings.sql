-- Sets server parameters (@names) to @values: for the session, or for the transaction only (@for_transaction).
SELECT set_config(s.name, s.value, @for_transaction::boolean) FROM unnest(@names::text[], @values::text[]) AS s(name, value)
-- A server that was built without LZ4 keeps its own compression.
WHERE s.name <> 'default_toast_compression'
    OR EXISTS (SELECT FROM pg_settings p WHERE p.name = s.name AND s.value = ANY (p.enumvals))
