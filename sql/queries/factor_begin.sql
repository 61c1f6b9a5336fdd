-- A new secret, as long as the one before it does not count. No row: it does, or there is no such account.
insert into webquota.second_factors as f (account, secret, begun_at)
select a.name, decode($2, 'hex'), webquota.clock() from webquota.local_accounts a where a.name = $1
on conflict (account) do update set secret = excluded.secret, begun_at = excluded.begun_at, last_step = 0 where f.confirmed_at is null
returning account
