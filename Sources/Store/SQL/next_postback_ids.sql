-- So many ids (@count) for postbacks that are to be made.
SELECT nextval('postbacks_id_seq') AS id FROM generate_series(1, @count::int)
