select encode(value, 'hex') from webquota.secrets where name = $1
