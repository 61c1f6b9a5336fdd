-- Several tickets of a subject for a feature, each with something else to be done. Those without a callback have one of
-- them: ''.
alter table webquota.tickets add column job text not null default '';
comment on column webquota.tickets.job is 'which of its subject''s callbacks it is: the same again is the same ticket; empty: it has none';
alter table webquota.tickets add column on_behalf_of text, add column metadata jsonb;
comment on column webquota.tickets.metadata is 'as it was asked with, and on_behalf_of too: for the record of what it is let in with';
-- Where the policy says so, each resource has a place of its own.
alter table webquota.tickets add column one text not null default '';
comment on column webquota.tickets.one is 'of which resource it is the only place; empty: of its feature, or its callback';
drop index webquota.tickets_one;
create unique index tickets_one on webquota.tickets (account_id, subject_id, feature, job, one) where state in ('waiting', 'admitted');
create index tickets_job on webquota.tickets (account_id, subject_id, job) where job <> '';

create table webquota.deliveries (
  account_id   bigint not null,
  subject_id   bigint not null,
  joined_at    timestamptz not null,
  id           bigint not null,
  message      text not null,
  origin       text not null,
  url          text not null check (octet_length(url) between 1 and 2048),
  payload      text not null check (octet_length(payload) <= 65536),
  state        text not null default 'waiting' check (state in ('waiting', 'pending', 'delivered', 'failed', 'cancelled')),
  tries        integer not null default 0 check (tries >= 0),
  first_at     timestamptz,
  tried_at     timestamptz,
  next_at      timestamptz,
  taken_by     text,
  last_status  integer check (last_status between 100 and 999),
  last_trouble text,
  ended_at     timestamptz,
  primary key (account_id, subject_id, joined_at, id),
  foreign key (account_id, subject_id, joined_at, id) references webquota.tickets on update cascade on delete cascade,
  check ((ended_at is null) = (state in ('waiting', 'pending'))),
  check ((next_at is null) = (state = 'waiting') or ended_at is not null)
);
create index deliveries_due on webquota.deliveries (origin, next_at) where state = 'pending';
create index deliveries_open on webquota.deliveries (state) where state in ('waiting', 'pending');
comment on table webquota.deliveries is 'what a ticket''s callback gets when its turn comes; the key is the ticket''s';
comment on column webquota.deliveries.message is 'the webhook-id: the ticket''s public id as it was given out, the same in each try';
comment on column webquota.deliveries.payload is 'the body, byte for byte; emptied when it is over';
comment on column webquota.deliveries.next_at is 'the next try is due, by the true time, as the other times here are';
comment on column webquota.deliveries.taken_by is 'who has begun the present try (a holder of the lease "delivery"); null: nobody';
comment on column webquota.deliveries.last_status is 'what the last try was answered; null: nothing';

insert into webquota.leases (name) values ('delivery');
