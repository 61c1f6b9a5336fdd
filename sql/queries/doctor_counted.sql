-- How many counters there are, and how many of them are rolling.
select count(*), count(*) filter (where r.align = 'rolling')
  from (select c.state[i] as slot from webquota.counters c cross join lateral generate_series(1, cardinality(c.state), 6) i
        union all
        select c.slot from webquota.shared_counters c where cardinality(c.state) = 6) k
  left join webquota.limits r on r.slot = k.slot
