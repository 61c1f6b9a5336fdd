select account_id, subject_id, webquota.us(at), id from webquota.reservations
 where state = 'held' and expires_at <= (select webquota.clock())
 order by expires_at limit 200
