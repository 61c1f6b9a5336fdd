-- What holds the plan $1: how many have it, or are to have it; how many requests for it wait; and which bulks give it to people, or back to them.
select (select count(*) from webquota.subjects s where s.plan = $1 and (s.plan_until is null or s.plan_until > t.now))
     + (select count(*) from webquota.subjects s
         where s.plan_until is not null and s.plan_after = $1 and (s.plan is distinct from $1 or s.plan_until <= t.now)),
       (select count(*) from webquota.requests r where r.state = 'pending' and r.kind = 'upgrade' and r.plan = $1),
       (select string_agg(b.id::text, ', ' order by b.id) from webquota.bulks b
         where b.state = 'running'
           and (b.what = 'plan' and $1 in (b.change ->> 'plan', b.change ->> 'then')
                or b.what = 'undo'
                   and exists (select from webquota.bulk_items i
                                 join webquota.bulk_items o on o.bulk_id = b.undoes and o.number = i.number
                                where i.bulk_id = b.id and i.state = 'waiting'
                                  and $1 in (o.made -> 'before' ->> 'plan', o.made -> 'before' ->> 'plan_after'))))
  from (select webquota.clock() as now) t
