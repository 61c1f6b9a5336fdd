-- Of those whom the bulk $1 has changed, how many stand how to it (bulk_undoable). A reset is known by its record: past (what it took is over),
-- undone, or touched: something came since that makes it inexact, as reset_stands.sql has it.
select state, count(*)
  from (select case when not u.made ? 'reset' or u.made is null then u.state
                    when r.units = 0 then 'same'
                    when r.until <= webquota.us(t.now) or r.given_back is null then 'past'
                    when r.given_back > 0 then 'undone'
                    when (select count(*) > 10000
                                 or count(*) filter (where d.kind = 'reset' and d.about_at is null and d.units > 0 and d.given_back = 0) > 0
                                 or count(*) filter (where d.kind = 'refund' and d.about_at <= webquota.at(r.at)) > 0
                            from (select d.kind, d.about_at, d.units, d.given_back
                                    from webquota.subjects s
                                    join webquota.decisions d on d.account_id = any (array[s.account_id, r.account]) and d.subject_id = s.id
                                   where s.id = r.subject and d.at >= webquota.at(r.at) and d.id <> r.id
                                   limit 10001) d) then 'touched'
                    else 'possible' end as state
          from webquota.bulk_undoable u cross join (select webquota.clock() as now offset 0) t
          left join lateral (select x.*, (select d.given_back from webquota.decisions d
                                           where d.account_id = x.account and d.subject_id = x.subject and d.at = webquota.at(x.at) and d.id = x.id)
                               from jsonb_to_record(u.made -> 'reset')
                                    x (account bigint, subject bigint, at bigint, id bigint, units bigint, until bigint)) r on true
         where u.bulk_id = $1::bigint) s
 group by state order by state
