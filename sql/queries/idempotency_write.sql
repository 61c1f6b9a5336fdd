-- A key is good for 24 hours; an older one is taken over.
insert into webquota.idempotency (caller, key, fingerprint, account_id, subject_id, at, id)
select caller, key, fingerprint, account_id, subject_id, webquota.at(at), id
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
    k(caller, key, fingerprint, account_id, subject_id, at, id)
