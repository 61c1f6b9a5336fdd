insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization,
                                feature, resource, units, items, trace, on_behalf_of, metadata, about_at, about_id, actor)
select account_id, subject_id, webquota.at(at), id, kind, outcome, reason, policy_version, plan, organization,
       feature, resource, units, items::jsonb, trace::bigint[], on_behalf_of, metadata::jsonb, webquota.at(nullif(about_at, -9223372036854775808)), about_id, actor
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
              $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::text[],
              $17::text[], $18::bigint[], $19::bigint[], $20::text[])
    k(account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization,
      feature, resource, units, items, trace, on_behalf_of, metadata, about_at, about_id, actor)
