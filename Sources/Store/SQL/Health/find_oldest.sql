-- When the oldest conversion was recorded that is still there.
SELECT rfc3339(created_at) AS recorded_at FROM conversions ORDER BY id LIMIT 1
