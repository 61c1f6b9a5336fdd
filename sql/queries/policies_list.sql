select version, author, reason, webquota.z(applied_at), active, state, webquota.z(effective_at), based_on
  from webquota.policies order by version desc limit 100
