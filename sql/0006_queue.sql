-- The order in which people came: one sequence for all lines, drawn while the line's counter is locked.
create sequence webquota.places;
comment on sequence webquota.places is 'numbers of places in line, in the order of arrival';

create table webquota.tickets (
  account_id       bigint not null,
  subject_id       bigint not null,
  joined_at        timestamptz not null,
  id               bigint not null,
  place            bigint not null default nextval('webquota.places'),
  turn             bigint not null default 0 check (turn >= 0),
  flow             bigint not null default 0,
  feature          text not null,
  resource         text,
  units            bigint not null check (units between 1 and 9007199254740991),
  items            jsonb,
  line_account     bigint not null,
  line_slot        bigint not null,
  line_owner       text not null default '',
  state            text not null default 'waiting'
                   check (state in ('waiting', 'admitted', 'used', 'left', 'expired', 'lapsed')),
  why              text check (why in ('unseen', 'refused', 'dropped')),
  ahead            integer not null default 0 check (ahead >= 0),
  promised_least_s bigint,
  promised_most_s  bigint,
  seen_at          timestamptz not null,
  keep_s           integer not null check (keep_s > 0),
  held_account     bigint,
  held_at          timestamptz,
  held_id          bigint,
  admitted_at      timestamptz,
  claim_until      timestamptz,
  ended_at         timestamptz,
  return_to        text check (octet_length(return_to) <= 2048),
  by_form          boolean not null default false,
  primary key (account_id, subject_id, joined_at, id),
  check ((admitted_at is null) = (state in ('waiting', 'expired') or (state = 'left' and held_id is null))),
  check ((held_id is null) = (admitted_at is null)),
  check ((ended_at is null) = (state in ('waiting', 'admitted')))
) with (fillfactor = 70);
create unique index tickets_one on webquota.tickets (account_id, subject_id, feature) where state in ('waiting', 'admitted');
create index tickets_line on webquota.tickets (line_account, line_slot, line_owner, turn, place) where state = 'waiting';
comment on table webquota.tickets is 'places in line; a subject has one for a feature at most';
comment on column webquota.tickets.turn is 'tickets of a lower turn come first, then those of a lower place; given when it joins';
comment on column webquota.tickets.flow is 'who takes turns: the account, or the plan''s weight; 0 where a line goes by arrival alone';
comment on column webquota.tickets.items is 'null: one item, of feature, resource and units';
comment on column webquota.tickets.line_owner is 'of the counter that it waits for: the plan''s key; # and the number of the subject whose own it is; else empty';
comment on column webquota.tickets.why is 'expired: not seen for too long, refused by another limit when its turn came, or dropped by an administrator';
comment on column webquota.tickets.keep_s is 'seconds after seen_at for which the place is kept';
comment on column webquota.tickets.ahead is 'how many were before it when it joined';
comment on column webquota.tickets.held_id is 'the reservation (with held_account, subject_id and held_at) that holds its units';
comment on column webquota.tickets.return_to is 'the address that was asked for when it joined';
comment on column webquota.tickets.by_form is 'it was a form or the like, which has to be sent again';

-- Lines that an administrator has stopped.
create table webquota.queues (
  feature    text not null,
  limit_key  text not null,
  state      text not null check (state in ('open', 'paused', 'closed')),
  reason     text,
  author     text not null,
  changed_at timestamptz not null,
  primary key (feature, limit_key)
);
comment on column webquota.queues.state is 'paused: nobody is let in; closed: nobody may join, those in line are served';

insert into webquota.leases (name) values ('admission');
