-- Leaves the lease $1, where it is $2's, to the next who wants it.
update webquota.leases set until = '-infinity' where name = $1 and holder = $2
