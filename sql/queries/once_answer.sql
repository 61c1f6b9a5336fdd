update webquota.admin_once set status = $3::integer, answer = $4 where caller = $1 and key = $2
