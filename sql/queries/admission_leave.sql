update webquota.leases set until = '-infinity' where name = 'admission' and holder = $1
