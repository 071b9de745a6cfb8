-- The indexes, as quoted names, that were being made when that was interrupted: they are there and of no use.
SELECT quote_ident(c.relname) AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid IN ('deliveries'::regclass, 'outbox'::regclass, 'conversions'::regclass) AND NOT i.indisvalid
