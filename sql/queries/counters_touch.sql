-- Something that decides about a subject changed: who remembers its counters must read them anew.
update webquota.counters set version = version + 1, epoch = epoch + 1 where account_id = $1::bigint and subject_id = $2::bigint
returning epoch
