insert into webquota.recovery_codes (account, hash) select $1, decode(h, 'hex') from unnest($2::text[]) h
