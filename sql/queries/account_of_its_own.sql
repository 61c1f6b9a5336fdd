-- The account of a subject that belongs to no organization: it has the subject's number.
insert into webquota.accounts (id, created_at) values ($1::bigint, webquota.clock()) on conflict (id) do nothing
