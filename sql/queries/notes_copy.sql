-- Refusals that were given from memory, in bulk, and the time. Nothing was charged, so nobody waits for the flush.
begin; set local synchronous_commit = off;
copy webquota.decisions (account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization, feature,
                         resource, units, items, trace, on_behalf_of, metadata, about_at, about_id, actor)
  from stdin with (format binary);
select webquota.us(webquota.clock());
commit
