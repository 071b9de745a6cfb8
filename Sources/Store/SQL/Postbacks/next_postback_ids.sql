-- Reserves @count ids for postbacks that are about to be created.
SELECT nextval('postbacks_id_seq') AS id FROM generate_series(1, @count::int)
