-- The index of the lists of what is owed after an attempt: by the error and the status of the last one, in the order of the
-- lists. The outbox is large when a destination fails, and a list by status or error would read all of it. A delivery that was
-- never sent has no entry, so that the index costs nothing for it, and a claim changes none of the columns.
CREATE INDEX IF NOT EXISTS outbox_tried
    ON outbox ((coalesce(last_error, '') COLLATE "C"), (coalesce(last_status, 0)), owed_at, id)
    WHERE last_error IS NOT NULL OR last_status IS NOT NULL OR attempt > 0;
