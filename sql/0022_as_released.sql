-- 0009, 0012 and 0014 were once without what follows; a database that has them from then gets it here, others have it already.
alter table webquota.accounts add column if not exists owner bigint check (owner is null or organization is not null);
comment on column webquota.accounts.owner is 'the number of a subject; of one that is no member any more it says nothing';
alter table webquota.tickets add column if not exists one text not null default '';
comment on column webquota.tickets.one is 'of which resource it is the only place; empty: of its feature, or its callback';
drop index if exists webquota.tickets_one;
create unique index tickets_one on webquota.tickets (account_id, subject_id, feature, job, one) where state in ('waiting', 'admitted');
create index if not exists audit_actor_subject on webquota.audit (actor, subject text_pattern_ops) where subject is not null;
