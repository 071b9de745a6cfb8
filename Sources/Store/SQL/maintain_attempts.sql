-- Makes the partitions of the days to come, and drops those of attempts older than @keep_days.
SELECT maintain_attempts(@keep_days::int)
