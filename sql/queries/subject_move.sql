-- Counters, overrides, grants, places in line and what reports say of it go along; reservations and decisions keep the key they were
-- recorded under.
with moved as (
  update webquota.subjects set account_id = $3::bigint where account_id = $1::bigint and id = $2::bigint),
counted as (
  update webquota.counters set account_id = $3::bigint, version = version + 1, epoch = epoch + 1
   where account_id = $1::bigint and subject_id = $2::bigint),
queued as (
  update webquota.tickets set account_id = $3::bigint
   where account_id = $1::bigint and subject_id = $2::bigint and state in ('waiting', 'admitted')),
owned as (
  update webquota.usage_owners set account_id = $3::bigint
   where account_id = $1::bigint and subject_id = $2::bigint
     and not exists (select from webquota.usage_owners t where t.account_id = $3::bigint and t.subject_id = $2::bigint)),
stands as (
  update webquota.usage_standing u set account_id = $3::bigint
   where account_id = $1::bigint and subject_id = $2::bigint
     and not exists (select from webquota.usage_standing t where t.account_id = $3::bigint and t.subject_id = $2::bigint and t.slot = u.slot)),
overridden as (
  update webquota.overrides set account_id = $3::bigint where account_id = $1::bigint and subject_id = $2::bigint)
update webquota.grants set account_id = $3::bigint where account_id = $1::bigint and subject_id = $2::bigint
