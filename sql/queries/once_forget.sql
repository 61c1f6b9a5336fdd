delete from webquota.admin_once where caller = $1 and key = $2
