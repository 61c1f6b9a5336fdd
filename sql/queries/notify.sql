select pg_notify('webquota', $1)
