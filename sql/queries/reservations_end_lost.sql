-- Held for nobody, or by nothing that is on record: there is nothing to give back.
update webquota.reservations r set state = 'expired', settled_at = (select webquota.clock())
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) k(account_id, subject_id, at, id)
 where r.account_id = k.account_id and r.subject_id = k.subject_id and r.at = webquota.at(k.at) and r.id = k.id and r.state = 'held'
