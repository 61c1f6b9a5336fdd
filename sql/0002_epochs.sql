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

-- What they are made of is called stable; only as such, and
-- without "case t when", are they put in place where they are used, and not called.
create or replace function webquota.us(t timestamptz) returns bigint
  language sql stable parallel safe as
  $$ select case when t = 'infinity' then 9223372036854775807 when t = '-infinity' then -9223372036854775808
       else (extract(epoch from t) * 1000000)::bigint end $$;
create or replace function webquota.at(us bigint) returns timestamptz
  language sql stable parallel safe as
  $$ select case when us = 9223372036854775807 then 'infinity'::timestamptz
       when us = -9223372036854775808 then '-infinity'::timestamptz
       else timestamptz 'epoch' + us / 1000000 * interval '1 second' + us % 1000000 * interval '1 microsecond' end $$;
