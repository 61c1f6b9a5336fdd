-- Gives a number to every counted thing that has none yet.
insert into webquota.limits (kind, key, feature, scope, "window", align, zone, starts)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
on conflict do nothing
