-- One ticket, whatever became of it; if it waits and $5, with how many are before it, their units, and how many wait, as far as the
-- first thousand of the line say.
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id, t.feature, t.resource, t.units, t.line_slot, t.line_owner,
       t.state, t.ahead, webquota.us(t.claim_until), t.keep_s, s.key, s.timezone, webquota.us(s.anchor), s.plan, t.return_to,
       t.by_form, t.why, webquota.us(t.ended_at), t.held_account, webquota.us(t.held_at), t.held_id, webquota.us(t.seen_at),
       b.before, b.units_before, b.waiting, webquota.us(webquota.clock()), t.line_account, webquota.us(s.created_at),
       d.state, d.tries, webquota.us(d.next_at), webquota.us(d.tried_at), webquota.us(d.ended_at), d.last_status, d.last_trouble
  from webquota.tickets t
  join webquota.subjects s on s.id = t.subject_id
  left join webquota.deliveries d on d.account_id = t.account_id and d.subject_id = t.subject_id and d.joined_at = t.joined_at and d.id = t.id
  left join lateral (
    select count(*) filter (where (o.turn, o.place) < (t.turn, t.place)) as before,
           coalesce(sum(o.units) filter (where (o.turn, o.place) < (t.turn, t.place)), 0)::bigint as units_before,
           count(*) as waiting
      from (select w.turn, w.place, w.units from webquota.tickets w
             where $5::boolean and t.state = 'waiting' and w.state = 'waiting' and w.line_account = t.line_account
               and w.line_slot = t.line_slot and w.line_owner = t.line_owner
             order by w.turn, w.place limit 1000) o) b on true
 where t.account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and t.subject_id = $2::bigint
   and t.joined_at = webquota.at($3::bigint) and t.id = $4::bigint
