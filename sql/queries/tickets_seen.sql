-- Those who asked for their place lately.
update webquota.tickets t set seen_at = greatest(t.seen_at, webquota.at(k.seen))
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) k(account_id, subject_id, joined_at, id, seen)
 where t.account_id = k.account_id and t.subject_id = k.subject_id and t.joined_at = webquota.at(k.joined_at) and t.id = k.id
   and t.state in ('waiting', 'admitted')
