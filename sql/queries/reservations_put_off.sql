update webquota.reservations r set put_off_until = (select webquota.clock()) + interval '5 minutes'
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) k(account_id, subject_id, at, id)
 where r.account_id = k.account_id and r.subject_id = k.subject_id and r.at = webquota.at(k.at) and r.id = k.id and r.state = 'held'
