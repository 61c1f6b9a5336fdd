-- How many others than $1 (null: nobody) have the role admin and may sign in, and does it itself? Whoever takes that away from somebody has
-- the lock of the policy first (policy_lock).
select count(*) filter (where name is distinct from $1::text), coalesce(bool_or(name = $1::text), false)
  from webquota.local_accounts where role = 'admin' and suspended_at is null
