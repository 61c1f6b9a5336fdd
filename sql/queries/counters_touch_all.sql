-- The same of all who belong to an account, in the order in which everybody locks them.
with members as (
  select account_id, subject_id from webquota.counters where account_id = $1::bigint order by subject_id for update)
update webquota.counters c set version = c.version + 1, epoch = c.epoch + 1
  from members m where c.account_id = m.account_id and c.subject_id = m.subject_id
