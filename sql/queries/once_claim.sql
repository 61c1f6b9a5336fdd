-- The first of those who come with a key gets a row, and makes the change.
insert into webquota.admin_once (caller, key, fingerprint, at) values ($1, $2, $3, webquota.clock())
on conflict (caller, key) do nothing returning 1
