-- Leaves the lease $1, where it is $2's, to the next who wants it.
update webquota.leases set until = clock_timestamp() where name = $1 and holder = $2
