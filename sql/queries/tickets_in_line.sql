-- Those who wait for a limit ($1 feature, $2 its key), in the order of their places, each with its number in its own line: at most $7
-- behind the one that $3 (account), $4 (subject), $5 (joined) and $6 (id) name; $6 = 0: from the first.
select w.account_id, w.subject_id, webquota.us(w.joined_at), w.id, s.key, w.feature, w.resource, w.units, w.state, w.number,
       webquota.us(w.seen_at), webquota.us(w.claim_until), $2::text, w.was_turn is not null, $1::text
  from (select t.*, row_number() over (partition by t.line_account, t.line_slot, t.line_owner order by t.turn, t.place) as number
          from webquota.tickets t
         where t.state = 'waiting' and t.line_slot in (select slot from webquota.limits where kind = 'limit' and feature = $1 and key = $2)) w
  join webquota.subjects s on s.id = w.subject_id
 where $6::bigint = 0
    or (w.line_account, w.line_slot, w.line_owner, w.turn, w.place)
       > (select b.line_account, b.line_slot, b.line_owner, b.turn, b.place from webquota.tickets b
           where b.account_id = $3::bigint and b.subject_id = $4::bigint and b.joined_at = webquota.at($5::bigint) and b.id = $6::bigint)
 order by w.line_account, w.line_slot, w.line_owner, w.turn, w.place
 limit $7::bigint
