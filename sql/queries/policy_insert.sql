insert into webquota.policies (text, author, reason, applied_at, state, effective_at, based_on)
values ($1, $2, $3, webquota.clock(), $4, $5, $6::integer) returning version
