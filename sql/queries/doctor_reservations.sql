-- Open reservations, those that are over, and those whose hold was never recorded.
select count(*), count(*) filter (where v.expires_at <= t.now), count(*) filter (where d.id is null)
  from (select webquota.clock() as now) t, webquota.reservations v
  left join webquota.decisions d on d.account_id = v.account_id and d.subject_id = v.subject_id and d.at = v.at and d.id = v.id
 where v.state = 'held'
