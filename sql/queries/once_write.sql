-- Made: the key has a row, whoever had one under it more than 24 hours ago.
with old as (
  delete from webquota.admin_once
   where caller = $1 and key = $2 and at <= (select webquota.clock()) - interval '24 hours'
  returning 1)
insert into webquota.admin_once (caller, key, fingerprint, at, status, answer)
select $1, $2, $3, (select webquota.clock()), $4::integer, $5 from (select count(*) from old) gone
