-- Wakes the pollers, which listen to this channel.
NOTIFY postbacks_outbox
