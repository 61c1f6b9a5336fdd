-- Keys are kept for 24 hours. A few of those that are older go.
delete from webquota.admin_once o
 using (select caller, key from webquota.admin_once where at < (select webquota.clock()) - interval '24 hours'
         order by at limit 100 for update skip locked) old
 where o.caller = old.caller and o.key = old.key
