-- How many callbacks wait for the turn of their tickets, and how many are being sent or tried again.
select count(*) filter (where state = 'waiting'), count(*) filter (where state = 'pending')
  from webquota.deliveries where state in ('waiting', 'pending')
