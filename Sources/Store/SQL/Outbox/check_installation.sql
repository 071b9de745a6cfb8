-- Fails with PB001 if this database is a copy of the one that sends.
DO $$
DECLARE
    stored text := (SELECT mark FROM installation);
    own text := database_mark();
BEGIN
    IF stored IS DISTINCT FROM own THEN
        RAISE EXCEPTION USING ERRCODE = 'PB001', MESSAGE = format(
            'this database (%s) is a copy of the one that sends (%s): nothing is sent from here; if this is to be the one, run: postbacks adopt',
            own, coalesce(stored, 'none'));
    END IF;
END $$
