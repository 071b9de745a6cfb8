-- Stores what the operator is to be told: the type ($1) and its data ($2).
SELECT tell($1, $2::jsonb)
