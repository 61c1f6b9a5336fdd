-- Those who were let in and have not come yet, whom every process looks for once a second, apart from the many who wait.
create index tickets_admitted on webquota.tickets (id) where state = 'admitted';
