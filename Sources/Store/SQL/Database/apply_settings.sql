-- Sets server parameters (@names) to @values: for the session, or for the transaction only (@for_transaction).
SELECT set_config(s.name, s.value, @for_transaction::boolean) FROM unnest(@names::text[], @values::text[]) AS s(name, value)
