insert into webquota.shared_counters (account_id, slot, owner)
select * from unnest($1::bigint[], $2::bigint[], $3::text[]) k(account_id, slot, owner) order by 1, 2, 3
on conflict do nothing
