-- Nobody else makes a change under the key as long as this transaction lasts, where the first is true; and was there one already?
select pg_try_advisory_xact_lock(hashtextextended($1::text || e'\n' || $2::text, 0)),
       exists (select 1 from webquota.admin_once where caller = $1 and key = $2 and at > (select webquota.clock()) - interval '24 hours')
