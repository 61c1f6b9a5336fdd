-- Subjects that have used $1 % of a limit of theirs or more, in a window that goes on: the $2 nearest, each with its limit. First how many
-- limits there are like that, of no more than $3 (and one) that are looked at. What was counted of a subject under an account that it has
-- left since is passed over. All but those that are shown are read from indexes alone.
with near as materialized (
  select t.pct, t.until, t.account_id, t.subject_id, t.slot
    from webquota.usage_standing t
   where t.pct >= 50 and t.pct >= $1::integer and t.until > (select webquota.clock() offset 0)
     and exists (select from webquota.subjects s where s.account_id = t.account_id and s.id = t.subject_id offset 0)
   order by t.pct desc, t.until limit $3::bigint + 1),
counted as (select count(*) as limits, count(distinct subject_id) as people from near)
select c.people, c.limits > $3::bigint, s.key, a.organization, l.feature, l.key, t.used, t.amount, t.pct, webquota.us(t.until)
  from counted c
  left join (select * from near order by pct desc, until, account_id, subject_id, slot limit $2::bigint) n on true
  left join lateral (select * from webquota.usage_standing t
                      where t.account_id = n.account_id and t.subject_id = n.subject_id and t.slot = n.slot offset 0) t on true
  left join lateral (select key from webquota.subjects s where s.account_id = n.account_id and s.id = n.subject_id offset 0) s on true
  left join webquota.accounts a on a.id = n.account_id
  left join webquota.limits l on l.slot = n.slot
 order by n.pct desc, n.until, n.account_id, n.subject_id, n.slot
