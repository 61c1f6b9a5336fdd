insert into webquota.reservations (account_id, subject_id, at, id, feature, units, expires_at)
select account_id, subject_id, webquota.at(at), id, feature, units, webquota.at(expires_at)
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
    k(account_id, subject_id, at, id, feature, units, expires_at)
