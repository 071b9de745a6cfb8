-- Makes this database the one that sends. It returns the mark of the database that was it before.
WITH before AS MATERIALIZED (
    SELECT mark FROM installation
), adopted AS (
    INSERT INTO installation AS i (mark) VALUES (database_mark())
    ON CONFLICT (only_row) DO UPDATE SET mark = excluded.mark, marked_at = now()
    RETURNING i.mark
)
SELECT adopted.mark AS own, (SELECT mark FROM before) AS previous FROM adopted
