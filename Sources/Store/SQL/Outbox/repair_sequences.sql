-- Advances the sequences that are behind their tables, and returns their names; null for none.
SELECT mend_sequences() AS repaired
