-- A poller (@poller_id) has ended in good order.
DELETE FROM pollers WHERE id = @poller_id::uuid
