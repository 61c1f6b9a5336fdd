-- $1, $2 null: those that are too old.
delete from webquota.admin_once where (caller, key) in (
  select caller, key from webquota.admin_once where $1::text is null and at < webquota.clock() - interval '24 hours' order by at limit 100)
   or (caller = $1 and key = $2)
