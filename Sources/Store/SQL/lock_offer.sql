-- Lets changes of one offer (@offer_id) happen one after the other, also of one that is not there yet: a statement that waited in
-- its own middle would not see the goals that the change before it has added.
SELECT pg_advisory_xact_lock(hashtext('postbacks.offer'), hashtext(@offer_id::text))
