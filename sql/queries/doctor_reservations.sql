-- Open reservations, those that are over, those whose hold was never recorded, and those that could not be given back.
select count(*), count(*) filter (where v.expires_at <= t.now), count(*) filter (where d.id is null),
       count(*) filter (where v.put_off_until > t.now)
  from (select webquota.clock() as now) t, webquota.reservations v
  left join webquota.decisions d on d.account_id = v.account_id and d.subject_id = v.subject_id and d.at = v.at and d.id = v.id
 where v.state = 'held'
