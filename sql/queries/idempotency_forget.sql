-- A key is good for 24 hours. Those asked for go when they are older, and a few others with them.
with limits as (select webquota.clock() - interval '24 hours' as old),
others as (
  select caller, key from webquota.idempotency where at <= (select old from limits) order by at limit 20 for update skip locked),
gone as (delete from webquota.idempotency i using others o where i.caller = o.caller and i.key = o.key)
delete from webquota.idempotency i using unnest($1::text[], $2::text[]) k(caller, key)
 where i.caller = k.caller and i.key = k.key and i.at <= (select old from limits)
