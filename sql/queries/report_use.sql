-- The same by feature and plan, with the units.
select feature, plan, sum(allowed)::bigint, sum(refused)::bigint, sum(stopped)::bigint,
       least(greatest(sum(units), 0), 9007199254740991)::bigint
  from webquota.usage_by_plan
 where day > date '1970-01-01' + $1::integer - $2::integer and day <= date '1970-01-01' + $1::integer
 group by feature, plan order by feature, plan
