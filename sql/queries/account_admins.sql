-- How many others than $1 have the role admin and may sign in, and does it itself? All of them stay as they are until this transaction is over.
select count(*) filter (where a.name <> $1), coalesce(bool_or(a.name = $1), false)
  from (select name from webquota.local_accounts where role = 'admin' and suspended_at is null order by name for update) a
