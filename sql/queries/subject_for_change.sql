select s.account_id, s.id, a.organization from webquota.subjects s left join webquota.accounts a on a.id = s.account_id
 where s.key = $1 for update of s
