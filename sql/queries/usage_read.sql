-- Where subjects stand: for each key of $1 its subject with the counters as they are, nulls where it was never met; then whether
-- there are overrides or grants; then place among the keys, time, policy, whether reservations are due; then what it may share:
-- a row for each of its organization's counters, and of those of account $3, that have a slot of $2, or one row without any.
select s.account_id, s.id, s.key, s.plan, webquota.us(s.plan_until), s.plan_after, s.timezone, webquota.us(s.anchor),
       webquota.us(s.created_at), s.suspended, a.organization, s.email, s.thresholds::text, c.version, c.state, c.rolling, c.epoch,
       exists (select from webquota.overrides o where o.account_id = s.account_id and (o.subject_id is null or o.subject_id = s.id)
                and o.removed_at is null)
    or exists (select from webquota.grants g where g.account_id = s.account_id and (g.subject_id is null or g.subject_id = s.id)
                and g.removed_at is null),
       k.place, (select (extract(epoch from webquota.clock()) * 1000000)::bigint),
       (select version from webquota.policies where active),
       exists (select from webquota.reservations
                where state = 'held' and expires_at <= (select webquota.clock()) and put_off_until <= (select webquota.clock())),
       h.account_id, h.slot, h.owner, h.version, h.state, h.rolling
  from unnest($1::text[]) with ordinality k(key, place)
  left join (webquota.subjects s
             join webquota.counters c on c.account_id = s.account_id and c.subject_id = s.id
             left join webquota.accounts a on a.id = s.account_id)
    on s.key = k.key
  left join webquota.shared_counters h on h.account_id = any (array[$3::bigint, s.account_id]) and h.slot = any ($2::bigint[])
 order by k.place
