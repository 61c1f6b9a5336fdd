-- Is there a partition for the present month, and did anything go to the one for the rest?
select to_char(m.first, 'YYYY-MM'), to_regclass('webquota.decisions_' || to_char(m.first, 'YYYY_MM')) is not null,
       exists (select from webquota.decisions_rest)
  from (select webquota.clock() at time zone 'UTC' as first) m
