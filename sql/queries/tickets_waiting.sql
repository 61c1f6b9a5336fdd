-- All who wait, a row for each line, its tickets in their order, and how many units each asks for where some ask for more than one:
-- one reading for everybody who asks for their place.
select t.line_account, t.line_slot, t.line_owner, array_agg(t.id), case when max(t.units) > 1 then array_agg(t.units) end
  from (select w.line_account, w.line_slot, w.line_owner, w.id, w.units from webquota.tickets w
         where w.state = 'waiting'
         order by w.line_account, w.line_slot, w.line_owner, w.turn, w.place) t
 group by t.line_account, t.line_slot, t.line_owner
