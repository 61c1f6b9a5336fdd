-- Who remembers the counters of these must read them anew.
update webquota.counters c set version = c.version + 1, epoch = c.epoch + 1
  from webquota.subjects s
 where s.key = any ($1::text[]) and c.account_id = s.account_id and c.subject_id = s.id
