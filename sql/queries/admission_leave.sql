update webquota.leases set until = clock_timestamp() where name = 'admission' and holder = $1
