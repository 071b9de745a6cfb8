-- Creates the partitions of attempts for the coming days, and drops those of attempts older than @keep_days.
SELECT maintain_attempts(@keep_days::int)
