-- The newest requests of a subject on some features. Its newest rows are walked by their key, and no more than 1000 of them.
select d.account_id, d.subject_id, webquota.us(d.at), d.id, d.kind, d.outcome, d.feature, d.resource, d.units, d.given_back,
       d.on_behalf_of, r.state, coalesce(r.committed, 0)
  from webquota.subjects s
 cross join lateral (
    select * from webquota.decisions n
     where n.account_id = s.account_id and n.subject_id = s.id and n.at >= webquota.at($3::bigint)
     order by n.at desc, n.id desc limit 1000) d
  left join webquota.reservations r on r.account_id = d.account_id and r.subject_id = d.subject_id and r.at = d.at and r.id = d.id
 where s.key = $1 and d.kind in ('consume', 'hold')
   and (d.feature = any($2::text[])
        or exists (select from jsonb_array_elements(d.items) i where i ->> 'feature' = any($2::text[])))
 order by d.at desc, d.id desc limit $4::bigint
