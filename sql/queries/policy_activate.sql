update webquota.policies set active = true where version = $1::integer
