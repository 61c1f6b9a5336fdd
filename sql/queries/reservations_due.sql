-- Those that were put off come last.
select v.account_id, v.subject_id, webquota.us(v.at), v.id
  from (select webquota.clock() as now) t, webquota.reservations v
 where v.state = 'held' and v.expires_at <= t.now and v.put_off_until <= t.now
 order by v.put_off_until, v.expires_at limit 200
