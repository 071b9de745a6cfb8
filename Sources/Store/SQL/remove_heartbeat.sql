-- A poller ($1) has ended in good order.
DELETE FROM pollers WHERE id = $1::uuid
