-- Is anybody in line, or let in?
select exists (select from webquota.tickets t where t.state in ('waiting', 'admitted'))
