-- The present month and the next, and whether each has a partition; the months of which anything went to the one for the rest, the months of
-- these two that will have none for that, and whether there is so much of it that the service makes no more (room_make.sql).
select m.now, to_regclass('webquota.decisions_' || replace(m.now, '-', '_')) is not null,
       m.next, to_regclass('webquota.decisions_' || replace(m.next, '-', '_')) is not null,
       r.months, m.now = any (r.all), m.next = any (r.all), pg_relation_size('webquota.decisions_rest') > 64 * 1024 * 1024
  from (select to_char(t.now, 'YYYY-MM') as now, to_char(date_trunc('month', t.now) + interval '1 month', 'YYYY-MM') as next
          from (select webquota.clock() at time zone 'UTC' as now) t) m,
       (select string_agg(o.month, ', ' order by o.month) as months, coalesce(array_agg(o.month), '{}') as all
          from (select distinct to_char(at at time zone 'UTC', 'YYYY-MM') as month from webquota.decisions_rest) o) r
