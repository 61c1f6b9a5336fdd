select d.account_id, d.subject_id, webquota.us(d.at), d.id, d.kind, d.outcome, d.reason, d.policy_version, d.plan,
       d.organization, d.feature, d.resource, d.units, d.items, coalesce(webquota.decision_trace(d), '{}'), d.on_behalf_of, d.metadata, d.given_back,
       s.key, webquota.us(r.expires_at), r.state, r.committed, r.units, s.timezone, coalesce(r.own, false)
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) k(account_id, subject_id, at, id)
  join webquota.decisions d on d.account_id = k.account_id and d.subject_id = k.subject_id
                           and d.at = webquota.at(k.at) and d.id = k.id
  left join webquota.subjects s on s.id = d.subject_id
  left join webquota.reservations r on r.account_id = d.account_id and r.subject_id = d.subject_id and r.at = d.at and r.id = d.id
