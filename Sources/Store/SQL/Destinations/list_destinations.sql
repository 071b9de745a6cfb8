-- Lists at most @count destinations in the order of their ids, behind an id (@after_id); a null filter is not applied. @origins
-- are the origins of a destination, and @is_blocked selects those that are blocked now, or those that are not. For the list that
-- begins with the newest, a comment directly after a word replaces that word.
SELECT d.id, destination_json(d) AS destination
FROM destinations d
WHERE (@origins::text[] IS NULL OR d.origin = ANY (@origins))
    AND (@is_blocked::boolean IS NULL OR coalesce(d.blocked_until > now(), false) = @is_blocked)
    AND d.id >/*<*/ @after_id::bigint
ORDER BY d.id ASC/*DESC*/
LIMIT @count::bigint
