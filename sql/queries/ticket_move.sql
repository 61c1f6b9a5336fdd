-- Another limit stops it now: it waits in that one's line, by the place that it has.
update webquota.tickets set line_account = $5::bigint, line_slot = $6::bigint, line_owner = $7, turn = $8::bigint, flow = $9::bigint,
       was_turn = null, was_place = null
 where account_id = $1::bigint and subject_id = $2::bigint and joined_at = webquota.at($3::bigint) and id = $4::bigint
   and state = 'waiting'
