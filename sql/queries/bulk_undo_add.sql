-- A bulk that undoes the bulk $1 is written down, with all whom that one has changed; no row: it is being undone already, or is under way.
with undone as (
  select b.id, (select count(*) from webquota.bulk_items i where i.bulk_id = b.id and i.state = 'done') as people
    from webquota.bulks b where b.id = $1::bigint and b.state <> 'running'),
made as (
  insert into webquota.bulks (what, change, chosen, people, reason, actor, origin, undoes, created_at)
  select 'undo', '{}', '{}', u.people, $2, $3, $4, u.id, webquota.clock() from undone u where u.people > 0
      on conflict (undoes) where undoes is not null and state = 'running' do nothing
  returning id, people),
items as (
  insert into webquota.bulk_items (bulk_id, number, subject)
  select m.id, i.number, i.subject from made m join webquota.bulk_items i on i.bulk_id = $1::bigint and i.state = 'done')
select id::text, people from made
