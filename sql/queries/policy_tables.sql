-- What the active policy holds, for reports in SQL.
with gone_plans as (delete from webquota.plans where key <> all ($1::text[])),
gone_features as (delete from webquota.features where key <> all ($5::text[])),
plans as (
  insert into webquota.plans (key, title, rank, price)
  select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
  on conflict (key) do update set title = excluded.title, rank = excluded.rank, price = excluded.price)
insert into webquota.features (key, title, unit, parent)
select * from unnest($5::text[], $6::text[], $7::text[], $8::text[])
on conflict (key) do update set title = excluded.title, unit = excluded.unit, parent = excluded.parent
