-- Serialises the changes of one offer (@offer_id), also of one that does not exist yet. A statement that waited for the lock
-- while it runs would not see the goals that the change before it has added.
SELECT pg_advisory_xact_lock(hashtext('postbacks.offer'), hashtext(@offer_id::text))
