-- Is the lease $1 $2's? The row stays locked, so that nobody else has it before this is committed.
select 1 from webquota.leases where name = $1 and holder = $2 and until > clock_timestamp() for share
