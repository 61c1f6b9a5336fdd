-- Adds to counters of subjects what was decided by memory that may be old, where it still fits: nothing else has changed
-- (the epoch), the windows are the same, and the sums stay under their caps. $1 holds 27 numbers for each row: account,
-- subject, epoch, and six for each of four counters: where it begins in the state (0: none), its slot, its window, what is
-- added, the cap, and where it is added (1, the first slot, with nothing to add, where there is none).
-- Returns what the rows are now; a row that is missing did not fit.
update webquota.counters c
   set state[($1::bigint[])[k + 9]] = c.state[($1::bigint[])[k + 9]] + ($1::bigint[])[k + 7],
       state[($1::bigint[])[k + 15]] = c.state[($1::bigint[])[k + 15]] + ($1::bigint[])[k + 13],
       state[($1::bigint[])[k + 21]] = c.state[($1::bigint[])[k + 21]] + ($1::bigint[])[k + 19],
       state[($1::bigint[])[k + 27]] = c.state[($1::bigint[])[k + 27]] + ($1::bigint[])[k + 25],
       version = c.version + 1
  from generate_series(0, cardinality($1::bigint[]) - 27, 27) k
 where c.account_id = ($1::bigint[])[k + 1] and c.subject_id = ($1::bigint[])[k + 2] and c.epoch = ($1::bigint[])[k + 3]
   and webquota.fits(c.state, $1::bigint[], k + 4) and webquota.fits(c.state, $1::bigint[], k + 10)
   and webquota.fits(c.state, $1::bigint[], k + 16) and webquota.fits(c.state, $1::bigint[], k + 22)
returning c.account_id, c.subject_id, c.version, c.epoch, c.state
