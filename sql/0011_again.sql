-- A refusal that is given again says of which one it is a repetition, in place of the same trace once more.

comment on column webquota.decisions.about_at is
  'commit, release, expire, refund: the decision this is about (with about_id); consume, hold: the refusal that was given again, whose trace is this one''s';

create function webquota.decision_trace(d webquota.decisions) returns bigint[]
  language sql stable as $$
    select case when d.kind in ('consume', 'hold') and d.about_at is not null
                then (select f.trace from webquota.decisions f
                       where f.account_id = d.account_id and f.subject_id = d.subject_id and f.at = d.about_at and f.id = d.about_id)
                else d.trace end $$;
comment on function webquota.decision_trace(webquota.decisions) is 'the trace of a record, be it another''s; null: that one is gone';

create or replace view webquota.decision_lines as
  select d.account_id, d.subject_id, d.at, d.id, d.kind, d.outcome, d.feature, d.plan,
         t.trace[i] as slot, webquota.at(t.trace[i + 1]) as counted_at, t.trace[i + 4] as amount,
         t.trace[i + 5] as used_before, t.trace[i + 6] as held_before,
         t.trace[i + 7] as used_delta, t.trace[i + 8] as held_delta,
         t.trace[i + 11] as flags
    from webquota.decisions d
   cross join lateral (select webquota.decision_trace(d) as trace) t
   cross join lateral generate_series(1, cardinality(t.trace), 14) i;
