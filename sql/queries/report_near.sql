-- Subjects that have used $1 % of a limit of theirs or more, in a window that goes on: the $2 nearest, each with its limit. First how many
-- subjects there are like that, and whether they have more limits than the $3 (and one) that are looked at for it. What was counted of a
-- subject under an account that it has left since is passed over; where there are more than 1,000 limits, only by those that are shown.
with here as (select webquota.clock() as now offset 0),
near as materialized (
  select t.pct, t.until, t.account_id, t.subject_id, t.slot, t.used, t.amount, s.key
    from webquota.usage_standing t
   cross join lateral (select key from webquota.subjects s where s.account_id = t.account_id and s.id = t.subject_id offset 0) s
   where t.pct >= 50 and t.pct >= $1::integer and t.until > (select now from here)
   order by t.pct desc, t.until, t.account_id, t.subject_id, t.slot limit greatest($2::bigint, 1000) + 1),
found as (
  select count(*) as limits, count(distinct subject_id) as people from (select subject_id from near limit 1001) f),
many as (
  select coalesce(sum(m.limits), 0) as limits, count(*) as people
    from (select x.subject_id, count(*) as limits
            from (select subject_id from webquota.usage_standing t
                   where (select limits from found) > 1000 and t.pct >= 50 and t.pct >= $1::integer and t.until > (select now from here)
                   order by t.pct desc, t.until limit $3::bigint + 1) x
           group by x.subject_id) m),
counted as (
  select case when f.limits > 1000 then m.people else f.people end as people, m.limits > $3::bigint as more from found f cross join many m)
select c.people, c.more, n.key, a.organization, l.feature, l.key, n.used, n.amount, n.pct, webquota.us(n.until)
  from counted c
  left join (select * from near order by pct desc, until, account_id, subject_id, slot limit $2::bigint) n on true
  left join lateral (select organization from webquota.accounts where id = n.account_id offset 0) a on true
  left join webquota.limits l on l.slot = n.slot
 order by n.pct desc, n.until, n.account_id, n.subject_id, n.slot
