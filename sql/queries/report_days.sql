-- What was asked for on each of the $2 days up to $1, by everybody.
select to_char(day, 'YYYY-MM-DD'), sum(allowed)::bigint, sum(refused)::bigint, sum(stopped)::bigint
  from webquota.usage_by_plan
 where day > date '1970-01-01' + $1::integer - $2::integer and day <= date '1970-01-01' + $1::integer
 group by day order by day
