-- How many of those who asked in the $2 days up to $1 stood where in each limit of their own after the last time.
select l.feature, l.key, coalesce(sum(subjects) filter (where band = 0), 0)::bigint, coalesce(sum(subjects) filter (where band = 1), 0)::bigint,
       coalesce(sum(subjects) filter (where band = 2), 0)::bigint, coalesce(sum(subjects) filter (where band = 3), 0)::bigint
  from webquota.usage_spread s join webquota.limits l on l.slot = s.slot
 where day > date '1970-01-01' + $1::integer - $2::integer and day <= date '1970-01-01' + $1::integer
 group by l.feature, l.key having sum(subjects) > 0 order by l.feature, l.key
