-- A second factor of local accounts: codes that change with time (RFC 6238), and codes for when the device is lost.
create table webquota.second_factors (
  account      text primary key references webquota.local_accounts (name) on delete cascade,
  secret       bytea not null check (octet_length(secret) = 20),
  begun_at     timestamptz not null,
  confirmed_at timestamptz,
  last_step    bigint not null default 0 check (last_step >= 0)
);
comment on table webquota.second_factors is 'what the codes at sign-in are made from; read by the service and its owner only';
comment on column webquota.second_factors.confirmed_at is 'a right code was given; null: it does not count so far';
comment on column webquota.second_factors.last_step is 'the 30 seconds (since 1970) of the code that was taken last: none up to it is taken again';

create table webquota.recovery_codes (
  account text not null references webquota.second_factors (account) on delete cascade,
  hash    bytea not null check (octet_length(hash) = 32),
  used_at timestamptz,
  primary key (account, hash)
);
comment on table webquota.recovery_codes is 'each is good once instead of a code; shown when they were made, and kept as SHA-256 of 80 random bits and the account';

-- Between the password and the code a session is begun, and nobody is signed in.
alter table webquota.sessions add column waits_for text check (waits_for in ('code', 'enrolment'));
comment on column webquota.sessions.waits_for is 'null: signed in; else what is still asked for';

create or replace function webquota.session_signs_in() returns trigger
  language plpgsql security definer set search_path = webquota, pg_temp as $$
begin
  update webquota.local_accounts set signed_in_at = new.created_at where name = new.account and new.waits_for is null;
  return null;
end $$;
