update webquota.policies set state = $2, applied_at = webquota.clock() where version = $1::integer and state = 'scheduled' returning version
