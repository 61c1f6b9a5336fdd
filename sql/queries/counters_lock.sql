-- Locks the counters of subjects, in the order of their keys. Everything that decides about a subject changes under this lock.
select c.version
  from unnest($1::bigint[], $2::bigint[]) k(account_id, subject_id)
  join webquota.counters c on c.account_id = k.account_id and c.subject_id = k.subject_id
 order by c.account_id, c.subject_id
   for update of c
