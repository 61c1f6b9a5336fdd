select version, author, reason, webquota.z(applied_at), active from webquota.policies order by version desc limit 100
