-- Finds indexes whose creation was interrupted, as quoted names. They exist but are invalid.
SELECT quote_ident(c.relname) AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid IN ('deliveries'::regclass, 'outbox'::regclass, 'conversions'::regclass) AND NOT i.indisvalid
