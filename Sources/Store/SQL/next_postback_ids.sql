-- So many ids ($1) for postbacks that are to be made.
SELECT nextval('postbacks_id_seq') AS id FROM generate_series(1, $1::int)
