-- The bulk $1, or (null) the newest $4 before the bulk $3 (null: from the newest on), how far each is, and the first $2 of those who failed.
select (jsonb_build_object('bulk', b.id::text, 'what', b.what, 'q', null, 'filter', null, 'on_plan', null, 'organization', null, 'key', null)
       || b.chosen
       || jsonb_build_object('feature', null, 'limit', null, 'kind', null, 'amount', null, 'multiplier', null, 'expires_at', null, 'plan', null,
         'then', null)
       || b.change
       || jsonb_build_object('change', b.change, 'reason', b.reason, 'actor', b.actor, 'created_at', webquota.z(b.created_at), 'state', b.state,
         'ended_at', webquota.z(b.ended_at), 'stopped_by', b.stopped_by, 'people', b.people, 'done', b.people - n.waiting - n.failed,
         'failed', n.failed, 'left', n.waiting,
         'undoes', b.undoes::text, 'undone_by', (select max(u.id)::text from webquota.bulks u where u.undoes = b.id),
         'failures', (select coalesce(jsonb_agg(jsonb_build_object('subject', f.subject, 'why', f.why) order by f.number), '[]')
                        from (select number, subject, why from webquota.bulk_items
                               where bulk_id = b.id and state = 'failed' order by number limit $2::bigint) f)))::text
  from (select * from webquota.bulks
         where id >= coalesce($1::bigint, 0) and id <= coalesce($1::bigint, $3::bigint - 1, 9223372036854775807)
         order by id desc limit $4::bigint) b
 cross join lateral (select (select count(*) from webquota.bulk_items where bulk_id = b.id and state = 'waiting') as waiting,
                            (select count(*) from webquota.bulk_items where bulk_id = b.id and state = 'failed') as failed) n
 order by b.id desc
