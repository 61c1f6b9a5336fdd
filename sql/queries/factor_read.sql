select encode(f.secret, 'hex'), f.confirmed_at is not null, f.last_step, webquota.us(webquota.clock()), webquota.us(f.confirmed_at),
       (select count(*) from webquota.recovery_codes c where c.account = f.account and c.used_at is null), a.subject
  from webquota.second_factors f join webquota.local_accounts a on a.name = f.account where f.account = $1
