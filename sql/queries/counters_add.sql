-- Adds to counters of subjects what was decided by memory that may be old, where it still fits: nothing else has changed
-- ($3: epochs), the windows are the same, and the sums stay under their caps. $4 holds six numbers for each of four
-- counters of each row, from the place that $5 says: where the counter begins in the state (0: none), its slot, its
-- window, what is added, the cap, and where it is added (1, the first slot, with nothing to add, where there is none).
-- Returns what the rows are now; a row that is missing did not fit.
update webquota.counters c
   set state[($4::bigint[])[k.f + 5]] = c.state[($4::bigint[])[k.f + 5]] + ($4::bigint[])[k.f + 3],
       state[($4::bigint[])[k.f + 11]] = c.state[($4::bigint[])[k.f + 11]] + ($4::bigint[])[k.f + 9],
       state[($4::bigint[])[k.f + 17]] = c.state[($4::bigint[])[k.f + 17]] + ($4::bigint[])[k.f + 15],
       state[($4::bigint[])[k.f + 23]] = c.state[($4::bigint[])[k.f + 23]] + ($4::bigint[])[k.f + 21],
       version = c.version + 1
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $5::bigint[]) k(account_id, subject_id, epoch, f)
 where c.account_id = k.account_id and c.subject_id = k.subject_id and c.epoch = k.epoch
   and webquota.fits(c.state, $4::bigint[], k.f::integer) and webquota.fits(c.state, $4::bigint[], k.f::integer + 6)
   and webquota.fits(c.state, $4::bigint[], k.f::integer + 12) and webquota.fits(c.state, $4::bigint[], k.f::integer + 18)
returning c.account_id, c.subject_id, c.version, c.epoch, c.state
