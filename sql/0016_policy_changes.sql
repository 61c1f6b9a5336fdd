-- Policies that come into force later, and what each one was made from.
alter table webquota.policies
  add column state text not null default 'applied' check (state in ('applied', 'scheduled', 'cancelled', 'overtaken')),
  add column effective_at timestamptz,
  add column based_on integer,
  add constraint policies_scheduled check (state = 'applied' or effective_at is not null);
create index policies_due on webquota.policies (effective_at) where state = 'scheduled';
comment on column webquota.policies.state is
  'scheduled: comes into force at effective_at; overtaken: did not, since the policy had been changed otherwise by then';
comment on column webquota.policies.effective_at is 'when it was to come into force; null: at once';
comment on column webquota.policies.based_on is 'the version that was in force when it was made';
