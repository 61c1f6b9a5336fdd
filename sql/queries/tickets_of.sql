-- The open tickets of these subjects, under their locks.
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id, t.feature, t.resource, t.units, t.items, t.line_account,
       t.line_slot, t.line_owner, t.state, t.held_account, webquota.us(t.held_at), t.held_id, webquota.us(t.claim_until)
  from unnest($1::bigint[], $2::bigint[]) k(account_id, subject_id)
  join webquota.tickets t on t.account_id = k.account_id and t.subject_id = k.subject_id and t.state in ('waiting', 'admitted')
