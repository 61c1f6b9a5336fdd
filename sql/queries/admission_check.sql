-- Is the lease of admission $1's? The row stays locked, so that nobody else has it before this is committed.
select 1 from webquota.leases where name = 'admission' and holder = $1 and until > clock_timestamp() for share
