-- How many of those who had a plan used up which of its limits, their own, in the $2 days up to $1.
select slot, plan, sum(subjects)::bigint
  from webquota.usage_reached
 where day > date '1970-01-01' + $1::integer - $2::integer and day <= date '1970-01-01' + $1::integer
 group by slot, plan having sum(subjects) > 0 order by slot, plan
