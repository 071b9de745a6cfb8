-- Brings sequences forward that stand behind their tables, and names them; null for none.
SELECT mend_sequences() AS mended
