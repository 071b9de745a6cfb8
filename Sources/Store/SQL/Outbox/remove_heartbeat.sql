-- Removes a poller (@poller_id) that has shut down cleanly.
DELETE FROM pollers WHERE id = @poller_id::uuid
