update webquota.recovery_codes c set used_at = webquota.clock()
  from webquota.second_factors f
 where c.account = $1 and c.hash = decode($2, 'hex') and c.used_at is null and f.account = c.account and f.confirmed_at is not null
returning c.account
