-- What was asked for on each of the $2 days up to $1, by everybody; by how many people, and how many of them a limit stopped.
select to_char(d.day, 'YYYY-MM-DD'), sum(d.allowed)::bigint, sum(d.refused)::bigint, sum(d.stopped)::bigint,
       coalesce(a.active, 0), coalesce(a.stopped, 0)
  from webquota.usage_by_plan d left join webquota.usage_active a on a.day = d.day
 where d.day > date '1970-01-01' + $1::integer - $2::integer and d.day <= date '1970-01-01' + $1::integer
 group by d.day, a.active, a.stopped order by d.day
