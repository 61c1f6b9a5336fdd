-- The audit is a chain: each entry has a number without gaps and a hash over itself and the entry before it, so that an entry that is
-- changed, removed or put between is found (webquota audit verify). It is added to, and nothing else.
alter table webquota.audit
  add column number bigint,
  add column origin text check (octet_length(origin) <= 300),
  add column hash   bytea;
comment on column webquota.audit.number is 'the place in the chain, from 1 on; given by the database';
comment on column webquota.audit.origin is 'where from: an address, or "command on HOST"; null: not known';
comment on column webquota.audit.details is 'what; old, new and reason are members of it';
comment on column webquota.audit.hash is 'SHA-256 over the hash of the entry before and audit_text of this one';

create table webquota.audit_head (
  one    boolean primary key default true check (one),
  number bigint not null,
  hash   bytea not null check (octet_length(hash) = 32)
);
comment on table webquota.audit_head is 'the last entry of the audit; whoever adds one holds this row, so that the chain has no forks';

-- What the hash of an entry covers. webquota audit verify makes the same by itself.
create function webquota.audit_text(a webquota.audit) returns text
  language sql stable set search_path = webquota, pg_temp as
  $$ select jsonb_build_array(a.number, a.id, (extract(epoch from a.at) * 1000000)::bigint, a.actor, a.origin, a.action, a.subject,
                              a.organization, a.details)::text $$;

-- Those that are there already.
do $$
declare
  entry webquota.audit;
  last_number bigint := 0;
  last_hash bytea := sha256('webquota audit');
begin
  for entry in select * from webquota.audit order by id loop
    last_number := last_number + 1;
    entry.number := last_number;
    last_hash := sha256(last_hash || convert_to(webquota.audit_text(entry), 'UTF8'));
    update webquota.audit set number = last_number, hash = last_hash where id = entry.id;
  end loop;
  insert into webquota.audit_head (number, hash) values (last_number, last_hash);
end $$;

alter table webquota.audit
  alter column number set not null,
  alter column hash set not null,
  add check (octet_length(hash) = 32),
  add unique (number);
create index audit_actor on webquota.audit (actor, number);
create index audit_subject on webquota.audit (subject, number) where subject is not null;
create index audit_organization on webquota.audit (organization, number) where organization is not null;
create index audit_action on webquota.audit (action text_pattern_ops, number);
create index audit_at on webquota.audit (at, number);

-- Gives each entry its place. Of several in one statement each sees those before it; the head is written once a statement.
create function webquota.audit_chain() returns trigger
  language plpgsql security definer set search_path = webquota, pg_temp as $$
declare
  last_number bigint;
  last_hash bytea;
begin
  select h.number, h.hash into strict last_number, last_hash from webquota.audit_head h for update;
  select a.number, a.hash into last_number, last_hash
    from (select number, hash from webquota.audit where number > last_number
          union all select last_number, last_hash order by number desc limit 1) a;
  new.at := webquota.clock();
  new.number := last_number + 1;
  new.hash := sha256(last_hash || convert_to(webquota.audit_text(new), 'UTF8'));
  return new;
end $$;

create function webquota.audit_head_move() returns trigger
  language plpgsql security definer set search_path = webquota, pg_temp as $$
begin
  update webquota.audit_head h set number = a.number, hash = a.hash
    from (select number, hash from webquota.audit order by number desc limit 1) a where a.number > h.number;
  return null;
end $$;

create function webquota.audit_keep() returns trigger
  language plpgsql set search_path = webquota, pg_temp as $$
begin
  raise exception 'the audit can only be added to' using errcode = 'insufficient_privilege';
end $$;

create trigger audit_chain before insert on webquota.audit for each row execute function webquota.audit_chain();
create trigger audit_head_move after insert on webquota.audit for each statement execute function webquota.audit_head_move();
create trigger audit_keep before update or delete on webquota.audit for each row execute function webquota.audit_keep();
create trigger audit_keep_all before truncate on webquota.audit for each statement execute function webquota.audit_keep();

-- Whom an actor has changed something about, each once: people are found by the API key that did (people_search.sql).
create index audit_actor_subject on webquota.audit (actor, subject text_pattern_ops) where subject is not null;
