-- The bulk $1, how far it is, and the first $2 of those who failed.
select (jsonb_build_object('bulk', b.id::text, 'what', b.what, 'q', null, 'filter', null, 'on_plan', null, 'organization', null, 'key', null)
       || b.chosen
       || jsonb_build_object('feature', null, 'limit', null, 'kind', null, 'amount', null, 'multiplier', null, 'expires_at', null, 'plan', null,
         'then', null)
       || b.change
       || jsonb_build_object('reason', b.reason, 'actor', b.actor, 'created_at', webquota.z(b.created_at), 'state', b.state,
         'ended_at', webquota.z(b.ended_at), 'stopped_by', b.stopped_by, 'people', b.people, 'done', b.people - n.waiting - n.failed,
         'failed', n.failed, 'left', n.waiting,
         'failures', (select coalesce(jsonb_agg(jsonb_build_object('subject', f.subject, 'why', f.why) order by f.number), '[]')
                        from (select number, subject, why from webquota.bulk_items
                               where bulk_id = b.id and state = 'failed' order by number limit $2::bigint) f)))::text
  from webquota.bulks b
 cross join lateral (select (select count(*) from webquota.bulk_items where bulk_id = b.id and state = 'waiting') as waiting,
                            (select count(*) from webquota.bulk_items where bulk_id = b.id and state = 'failed') as failed) n
 where b.id = $1::bigint
