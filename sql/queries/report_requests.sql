-- Of each kind of request made in the $2 days up to $1 in the zone $3: how many there were, how many came from somebody who was stopped
-- in the week before, and how many of these were granted, denied, and wait.
select k.kind, count(r.id), count(r.id) filter (where r.stopped), count(r.id) filter (where r.stopped and r.state = 'approved'),
       count(r.id) filter (where r.stopped and r.state = 'denied'), count(r.id) filter (where r.stopped and r.state = 'pending')
  from (values ('upgrade'), ('increase')) k(kind)
  left join (
      select r.id, r.kind, r.state,
             exists (select from webquota.subjects s join webquota.usage_daily d on d.account_id = s.account_id and d.subject_id = s.id
                      where s.key = r.subject and d.refused > 0
                        and d.day between (r.created_at at time zone $3)::date - 7 and (r.created_at at time zone $3)::date) as stopped
        from webquota.requests r
       where r.created_at >= (date '1970-01-01' + $1::integer - $2::integer + 1)::timestamp at time zone $3
         and r.created_at < (date '1970-01-01' + $1::integer + 1)::timestamp at time zone $3) r on r.kind = k.kind
 group by k.kind order by k.kind desc
