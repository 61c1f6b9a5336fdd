-- What was decided in memory is written only where it still holds. `version` grows with every change of a row; `epoch`
-- only when something else than use changed: an override, a grant, the plan, a reset.
alter table webquota.counters add column epoch bigint not null default 0;
comment on column webquota.counters.version is 'grows with every change of the row, and of anything else that decides about the subject';
comment on column webquota.counters.epoch is 'grows with every change that is not use: overrides, grants, plan, membership, resets';

-- Is the counter whose description begins at `f` where it was, in the same window, and does what is added fit under the cap?
create function webquota.fits(state bigint[], f bigint[], at integer) returns boolean
  language sql immutable parallel safe as
  $$ select f[at] = 0 or (state[f[at]] = f[at + 1] and state[f[at] + 1] = f[at + 2]
                          and state[f[at] + 2] + state[f[at] + 3] + f[at + 3] <= f[at + 4]) $$;
