insert into webquota.alerts (account_id, subject_id, slot, owner, window_start, threshold, feature, limit_key, used, amount, at)
select account_id, subject_id, slot, owner, webquota.at(window_start), threshold, feature, limit_key, used, amount, webquota.at(at)
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
              $9::bigint[], $10::bigint[], $11::bigint[])
    k(account_id, subject_id, slot, owner, window_start, threshold, feature, limit_key, used, amount, at)
on conflict do nothing
