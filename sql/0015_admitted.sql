-- Who was let in and has not come yet is looked for once a second by every process, apart from the many who wait; and the many who
-- wait are read from their index alone.
create index tickets_admitted on webquota.tickets (id) where state = 'admitted';
drop index webquota.tickets_line;
create index tickets_line on webquota.tickets (line_account, line_slot, line_owner, turn, place) include (id, units) where state = 'waiting';

-- Where turns are taken, the last of whoever joins is looked for, and found at once also where they have none in a long line.
create index tickets_flow on webquota.tickets (line_account, line_slot, line_owner, flow, turn) where state = 'waiting' and flow <> 0;

-- Administrators move somebody to the front of a line, and back.
alter table webquota.tickets add column was_turn bigint, add column was_place bigint,
  add check ((was_turn is null) = (was_place is null));
comment on column webquota.tickets.was_place is 'where it was (with was_turn) before an administrator moved it to the front; null: nobody did';

-- Whoever was let in can be dropped by an administrator: expired, though it held something.
alter table webquota.tickets
  drop constraint tickets_check,
  add check ((admitted_at is null) = (state = 'waiting' or (state in ('left', 'expired') and held_id is null)));
