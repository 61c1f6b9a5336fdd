-- The counters that are shared within these organizations, unlocked.
select c.account_id, c.slot, c.owner, c.version, c.state, c.rolling
  from (select distinct a.account_id from unnest($1::bigint[]) a(account_id)) k
  join webquota.shared_counters c on c.account_id = k.account_id
 where c.owner = ''
