-- Of account $1: the one with the number $2, or where that is null all but the one with the hash $3.
update webquota.sessions set ended_at = webquota.clock()
 where account = $1 and ended_at is null and case when $2::bigint is null then hash <> decode($3, 'hex') else id = $2::bigint end
returning id, subject
