-- Changes a destination (@origin): @sets_maximum says whether the maximum of requests in flight is set or, with null, cleared
-- (@maximum), and @resumes ends a block. The failures stay counted: the next request is a probe, which uses up no attempt, and if it
-- gets no answer either, the destination is blocked again. There is no row if no postback has led there.
UPDATE destinations d SET
    max_in_flight = CASE WHEN @sets_maximum::boolean THEN @maximum::int ELSE d.max_in_flight END,
    blocked_until = CASE WHEN @resumes::boolean THEN NULL ELSE d.blocked_until END
WHERE d.origin = @origin::text
RETURNING destination_json(d) AS destination
