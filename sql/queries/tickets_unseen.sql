-- Up to $2 of those who have not been seen for as long as their places are kept, and $1 seconds more: whichever are found first.
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id from webquota.tickets t
 where t.state = 'waiting' and t.seen_at + make_interval(secs => t.keep_s + $1::bigint) <= (select webquota.clock())
 limit $2::bigint
