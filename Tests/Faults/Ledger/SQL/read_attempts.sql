SELECT delivery_id, lease_no, attempt, outcome, probe FROM attempts
