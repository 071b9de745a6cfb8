-- Gives parameters ($1) their values ($2): for the session, or with $3 for the transaction.
SELECT set_config(s.name, s.value, $3::boolean) FROM unnest($1::text[], $2::text[]) AS s(name, value)
