-- For whom a subject used some features, by the units that came to; of its newest 2000 rows. The last column is how many those were.
with newest as materialized (
  select d.*
    from webquota.subjects s
   cross join lateral (
      select n.account_id, n.subject_id, n.at, n.id, n.kind, n.outcome, n.feature, n.units, n.given_back, n.on_behalf_of
        from webquota.decisions n
       where n.account_id = s.account_id and n.subject_id = s.id and n.at >= webquota.at($3::bigint)
       order by n.at desc, n.id desc limit 2000) d
   where s.key = $1)
select d.on_behalf_of, count(*) filter (where d.outcome = 'allowed'), count(*) filter (where d.outcome <> 'allowed'),
       least(sum(case when d.outcome <> 'allowed' then 0
                      when d.kind = 'hold' then coalesce(r.committed, 0)
                      else d.units end - d.given_back), 9007199254740991)::bigint as charged,
       webquota.us(max(d.at)), (select count(*) from newest)
  from newest d
  left join webquota.reservations r on r.account_id = d.account_id and r.subject_id = d.subject_id and r.at = d.at and r.id = d.id
 where d.kind in ('consume', 'hold') and d.feature = any($2::text[])
 group by d.on_behalf_of
 order by charged desc, d.on_behalf_of limit $4::bigint
