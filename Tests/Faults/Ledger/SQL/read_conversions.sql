SELECT id, offer_id, coalesce(transaction_id, '') AS transaction_id, sequence FROM conversions
