select id from webquota.accounts where organization = $1
