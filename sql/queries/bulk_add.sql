-- A bulk is written down; no row: what it is made once by has made one already.
insert into webquota.bulks (what, change, chosen, people, reason, actor, origin, once, created_at)
values ($1, $2::jsonb, $3::jsonb, $4::integer, $5, $6, $7, $8, webquota.clock())
on conflict (once) do nothing returning id::text
