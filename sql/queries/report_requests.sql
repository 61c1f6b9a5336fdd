-- Of each kind of request made in the $2 days up to $1 in the zone $3: how many there were, how many came from somebody who was refused
-- something in the week before, and how many of these were granted, denied, and wait.
select k.kind, count(r.id), count(r.id) filter (where r.after_refusal), count(r.id) filter (where r.after_refusal and r.state = 'approved'),
       count(r.id) filter (where r.after_refusal and r.state = 'denied'), count(r.id) filter (where r.after_refusal and r.state = 'pending')
  from (values ('upgrade'), ('increase')) k(kind)
  left join webquota.requests r on r.kind = k.kind
   and r.created_at >= (date '1970-01-01' + $1::integer - $2::integer + 1)::timestamp at time zone $3
   and r.created_at < (date '1970-01-01' + $1::integer + 1)::timestamp at time zone $3
 group by k.kind order by k.kind desc
