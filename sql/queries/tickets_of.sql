-- The open tickets of these subjects, under their locks, and those that are over of jobs ($3) that are asked for again within a day.
with k as (select account_id, subject_id from unnest($1::bigint[], $2::bigint[]) k(account_id, subject_id))
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id, t.feature, t.resource, t.units, t.items, t.line_account,
       t.line_slot, t.line_owner, t.state, t.held_account, webquota.us(t.held_at), t.held_id, webquota.us(t.claim_until), t.job,
       t.on_behalf_of, t.metadata
  from k join webquota.tickets t on t.account_id = k.account_id and t.subject_id = k.subject_id and t.state in ('waiting', 'admitted')
union all
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id, t.feature, t.resource, t.units, t.items, t.line_account,
       t.line_slot, t.line_owner, t.state, t.held_account, webquota.us(t.held_at), t.held_id, webquota.us(t.claim_until), t.job,
       t.on_behalf_of, t.metadata
  from k cross join unnest($3::text[]) j(job)
  join webquota.tickets t on t.account_id = k.account_id and t.subject_id = k.subject_id and t.job = j.job and t.job <> ''
 where t.state not in ('waiting', 'admitted') and t.joined_at > (select webquota.clock()) - interval '1 day'
