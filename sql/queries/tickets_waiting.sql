-- All who wait, line after line in their order: one reading for everybody who asks for their place.
select t.id, t.units, t.line_account, t.line_slot, t.line_owner from webquota.tickets t
 where t.state = 'waiting'
 order by t.line_account, t.line_slot, t.line_owner, t.turn, t.place
