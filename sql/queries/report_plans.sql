-- Of each plan, how many asked for something in the $2 days up to $1, and how many a limit stopped; and both for the last day.
select plan, sum(active)::bigint, sum(stopped)::bigint,
       coalesce(sum(active) filter (where day = date '1970-01-01' + $1::integer), 0)::bigint,
       coalesce(sum(stopped) filter (where day = date '1970-01-01' + $1::integer), 0)::bigint
  from webquota.usage_last
 where day > date '1970-01-01' + $1::integer - $2::integer and day <= date '1970-01-01' + $1::integer
 group by plan having sum(active) > 0 or sum(stopped) > 0 order by plan
