-- Keys that are kept, those older than a day, and those that lead to no decision.
select count(*), count(*) filter (where i.at <= t.now - interval '24 hours'), count(*) filter (where d.id is null)
  from (select webquota.clock() as now) t, webquota.idempotency i
  left join webquota.decisions d on d.account_id = i.account_id and d.subject_id = i.subject_id and d.at = i.at and d.id = i.id
