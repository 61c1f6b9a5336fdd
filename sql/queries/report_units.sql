-- The units of each of the $2 days up to $1, by feature: what costs are made from.
select to_char(day, 'YYYY-MM-DD'), feature, least(greatest(sum(units), 0), 9007199254740991)::bigint
  from webquota.usage_by_plan
 where day > date '1970-01-01' + $1::integer - $2::integer and day <= date '1970-01-01' + $1::integer
 group by day, feature order by day, feature
