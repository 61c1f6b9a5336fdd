-- Was there room for one more, and how many counted before it?
with t as materialized (select webquota.clock() as now),
old as materialized (
  select b.key, b.at, greatest(0, b.level - greatest(0, extract(epoch from t.now - b.at)) / $3::bigint) as level
    from t, webquota.sign_in_attempts b where b.key = $1),
gone as (
  delete from webquota.sign_in_attempts where key in (
    select b.key from t, webquota.sign_in_attempts b where b.at < t.now - interval '1 day' and b.key <> $1 order by b.at limit 100)),
tried as (
  insert into webquota.sign_in_attempts as a (key, level, at) select $1, 1, t.now from t
  on conflict (key) do update
    set level = greatest(0, a.level - greatest(0, extract(epoch from excluded.at - a.at)) / $3::bigint) + 1, at = excluded.at
  where greatest(0, a.level - greatest(0, extract(epoch from excluded.at - a.at)) / $3::bigint) + 1 <= $2::bigint
  returning a.level)
select exists (select from tried), coalesce((select level from old), 0)
