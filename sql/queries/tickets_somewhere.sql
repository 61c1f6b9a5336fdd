-- A line in which somebody waits, whichever comes: that of one of the next behind a subject that is drawn. No row: nobody waits behind it.
select t.line_account, t.line_slot, t.line_owner
  from (select account_id, id from webquota.subjects
         where id >= (select ceil(random() * max(id))::bigint from webquota.subjects) order by id limit 1) s
  cross join lateral (
    select * from webquota.tickets
     where state = 'waiting' and (account_id, subject_id) >= (s.account_id, s.id)
     order by account_id, subject_id limit 100) t
 order by random() limit 1
