-- Returns the time at which the oldest stored conversion was recorded.
SELECT rfc3339(created_at) AS recorded_at FROM conversions ORDER BY id LIMIT 1
