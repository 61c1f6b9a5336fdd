-- The same lines, with what the roll-up orders and keeps them by as numbers: when (`at_us`), and when the window ends (`ends`). The trace
-- is taken apart once for each record, and not in a join.
create or replace view webquota.standing_lines as
  select account_id, subject_id, at, id, xact, plan, trace[i] as slot, trace[i + 2] as started, webquota.at(trace[i + 3]) as until,
         least(greatest(trace[i + 5] + trace[i + 6] + trace[i + 7] + trace[i + 8], 0), 9007199254740991) as used,
         trace[i + 4] as amount, trace[i + 11] & 1280 <> 0 as stops, at_us, trace[i + 3] as ends
    from (select account_id, subject_id, at, id, xact, plan, trace, round(date_part('epoch', at) * 1000000)::bigint as at_us,
                 generate_series(1, cardinality(trace), 14) as i
            from webquota.decisions) d
   where trace[i] > 0 and trace[i + 4] > 0 and trace[i + 11] & 30720 = 0;
