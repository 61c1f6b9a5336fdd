select t.id from webquota.tickets t where t.state = 'admitted'
