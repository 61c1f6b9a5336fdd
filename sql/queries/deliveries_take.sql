-- Takes for $1, who must have the lease, what is due and not in hand there ($6): for each origin in $2 as many as in $3, but the $4 that
-- have been due for longest at most, and of origins not among them as many as $5. What somebody took who has the lease no more is the same
-- try again, not another; so is what $1 took and was not told of. Where the payload is empty, it is not to be sent again: its last try was
-- its last (delivery_tried.sql).
with mine as (
  select from webquota.leases where name = 'delivery' and holder = $1 and until > clock_timestamp()),
due as (
  (select k.*
     from mine, unnest($2::text[], $3::bigint[]) o(origin, room) cross join lateral (
       select d.account_id, d.subject_id, d.joined_at, d.id, d.next_at from webquota.deliveries d
        where d.state = 'pending' and d.origin = o.origin and d.next_at <= statement_timestamp() and d.id <> all ($6::bigint[])
        order by d.next_at limit o.room) k
    order by k.next_at limit $4::bigint)
  union all
  select k.*
    from mine, lateral (
      select d.account_id, d.subject_id, d.joined_at, d.id, d.next_at from webquota.deliveries d
       where d.state = 'pending' and d.origin <> all ($2::text[]) and d.next_at <= statement_timestamp() and d.id <> all ($6::bigint[])
       order by d.next_at limit $5::bigint) k)
update webquota.deliveries d
   set taken_by = $1, tries = d.tries + (d.taken_by is null)::integer, tried_at = statement_timestamp(),
       first_at = coalesce(d.first_at, statement_timestamp())
  from due join webquota.tickets t using (account_id, subject_id, joined_at, id)
 where d.account_id = due.account_id and d.subject_id = due.subject_id and d.joined_at = due.joined_at and d.id = due.id
   and d.state = 'pending' and t.held_id is not null
returning d.account_id, d.subject_id, webquota.us(d.joined_at), d.id, d.message, d.origin, d.url, d.payload, d.tries,
          webquota.us(d.first_at), webquota.us(statement_timestamp()), t.held_account, webquota.us(t.held_at), t.held_id, d.last_status, d.last_trouble
