-- All who wait, a row for each line: its tickets in their order, and those of them that ask for more than one unit with how many. One
-- reading for everybody who asks for their place.
select t.line_account, t.line_slot, t.line_owner, array_agg(t.id), array_agg(t.id) filter (where t.units > 1),
       array_agg(t.units) filter (where t.units > 1)
  from (select w.line_account, w.line_slot, w.line_owner, w.id, w.units from webquota.tickets w
         where w.state = 'waiting'
         order by w.line_account, w.line_slot, w.line_owner, w.turn, w.place) t
 group by t.line_account, t.line_slot, t.line_owner
