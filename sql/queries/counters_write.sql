update webquota.counters c
   set state = k.state::bigint[], rolling = k.rolling::bigint[], version = c.version + 1
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) k(account_id, subject_id, state, rolling)
 where c.account_id = k.account_id and c.subject_id = k.subject_id
