insert into webquota.policies (text, author, reason, applied_at) values ($1, $2, $3, webquota.clock()) returning version
