-- With the state before.
insert into webquota.queues (feature, limit_key, state, reason, author, changed_at)
values ($1, $2, $3, $4, $5, webquota.clock())
on conflict (feature, limit_key) do update set state = excluded.state, reason = excluded.reason, author = excluded.author,
                                               changed_at = excluded.changed_at
returning coalesce((select q.state from webquota.queues q where q.feature = $1 and q.limit_key = $2), 'open')
