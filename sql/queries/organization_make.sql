insert into webquota.accounts (organization, created_at) values ($1, webquota.clock()) on conflict (organization) do nothing
