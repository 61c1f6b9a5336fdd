-- Subjects without their counters, or without their account: no decision can be made about them.
select count(*) filter (where c.subject_id is null), count(*) filter (where a.id is null), min(s.key)
  from webquota.subjects s
  left join webquota.counters c on c.account_id = s.account_id and c.subject_id = s.id
  left join webquota.accounts a on a.id = s.account_id
 where c.subject_id is null or a.id is null
