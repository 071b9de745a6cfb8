SELECT delivery_id, lease_no, attempt, outcome FROM attempts
