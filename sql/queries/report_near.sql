-- Subjects that have used $1 % of a limit of theirs or more, in a window that goes on: the $2 nearest, each with its limit. First how many
-- limits there are like that, of no more than $3 (and one) that are looked at.
with near as materialized (
  select pct, until, account_id, subject_id, slot
    from webquota.usage_standing
   where pct >= 50 and pct >= $1::integer and until > (select webquota.clock() offset 0)
   order by pct desc, until limit $3::bigint + 1),
counted as (select count(*) as limits, count(distinct subject_id) as people from near)
select c.people, c.limits > $3::bigint, s.key, a.organization, l.feature, l.key, t.used, t.amount, t.pct, webquota.us(t.until)
  from counted c
  left join (select * from near order by pct desc, until, account_id, subject_id, slot limit $2::bigint) n on true
  left join webquota.usage_standing t on t.account_id = n.account_id and t.subject_id = n.subject_id and t.slot = n.slot
  left join webquota.subjects s on s.account_id = n.account_id and s.id = n.subject_id
  left join webquota.accounts a on a.id = n.account_id
  left join webquota.limits l on l.slot = n.slot
 order by n.pct desc, n.until, n.account_id, n.subject_id, n.slot
