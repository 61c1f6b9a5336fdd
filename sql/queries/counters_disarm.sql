-- No threshold of the limits with these slots has fired: others count from now on. What stands beside (how many wait) stays.
update webquota.counters
   set state = (select array_agg(case when (i - 1) % 6 = 5 and state[i - 5] = any ($3::bigint[]) then v - v % 256 else v end order by i)
                  from unnest(state) with ordinality u(v, i))
 where account_id = $1::bigint and subject_id = $2::bigint and cardinality(state) > 0
