delete from webquota.sessions where hash in (
  select hash from webquota.sessions where expires_at < (select webquota.clock()) - interval '1 day' order by expires_at limit 100)
