-- The newest thresholds that a subject has reached, and its organization on the limits its members share (subject 0).
select webquota.us(a.at), a.feature, a.limit_key, a.threshold, a.used, a.amount, a.subject_id = 0
  from webquota.subjects s
  join webquota.alerts a on a.account_id = s.account_id and a.subject_id in (s.id, 0)
 where s.key = $1 and a.at >= webquota.at($2::bigint)
 order by a.at desc, a.threshold desc, a.feature, a.limit_key limit $3::bigint
