update webquota.approvals set made = $2::bigint where id = $1::bigint
