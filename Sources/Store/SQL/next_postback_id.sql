SELECT nextval('postbacks_id_seq') AS id
