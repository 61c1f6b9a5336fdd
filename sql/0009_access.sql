-- Sessions are ended by whom they are of, too.
create index sessions_subject on webquota.sessions (subject) where ended_at is null;

-- Changes that programs ask for with an Idempotency-Key: made once, and answered the same again.
create table webquota.admin_once (
  caller      text not null check (octet_length(caller) between 1 and 300),
  key         text not null check (octet_length(key) between 1 and 255),
  fingerprint text not null,
  at          timestamptz not null,
  status      integer,
  answer      text,
  primary key (caller, key),
  check ((status is null) = (answer is null))
);
create index admin_once_age on webquota.admin_once (at);
comment on table webquota.admin_once is 'changes by administrators under an Idempotency-Key, kept for 24 hours';
comment on column webquota.admin_once.status is 'null: under way, or its process ended before it said what became of it';

-- Who answers for an organization: one of its members, for as long as they are.
alter table webquota.accounts add column owner bigint check (owner is null or organization is not null);
comment on column webquota.accounts.owner is 'the number of a subject; of one that is no member any more it says nothing';
