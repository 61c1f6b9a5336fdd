-- Accounts that are suspended, and when each signed in last.
alter table webquota.local_accounts
  add column suspended_at timestamptz,
  add column signed_in_at timestamptz;
comment on column webquota.local_accounts.suspended_at is 'null: may sign in';
comment on column webquota.local_accounts.signed_in_at is 'the last time; null: never';
update webquota.local_accounts a set signed_in_at = (select max(s.created_at) from webquota.sessions s where s.account = a.name);

-- Whoever signs in may do nothing to an account by that.
create function webquota.session_signs_in() returns trigger
  language plpgsql security definer set search_path = webquota, pg_temp as $$
begin
  update webquota.local_accounts set signed_in_at = new.created_at where name = new.account;
  return null;
end $$;
create trigger session_signs_in after insert on webquota.sessions for each row execute function webquota.session_signs_in();
