-- $15 holds the traces of all, one after the other; $16 and $17 say which part is whose.
insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization,
                                feature, resource, units, items, trace, on_behalf_of, metadata, about_at, about_id, actor)
select account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization,
       feature, resource, units, items::jsonb, ($15::bigint[])[trace_from:trace_to], on_behalf_of, metadata::jsonb,
       nullif(about_at, '-infinity'), about_id, actor
  from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
              $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $16::bigint[], $17::bigint[],
              $18::text[], $19::text[], $20::timestamptz[], $21::bigint[], $22::text[])
    k(account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization,
      feature, resource, units, items, trace_from, trace_to, on_behalf_of, metadata, about_at, about_id, actor)
