-- Stores an alert for the operator: its type (@type) and its data (@data).
SELECT tell(@type, @data::jsonb)
