-- Of what is due at the same time any may go first. Without the delivery's id this index serves no lookup of a single
-- delivery, for which the planner would read all of it while it believes that the outbox is all but empty.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (destination_id, (attempt > 0), due_at);
