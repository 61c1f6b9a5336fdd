-- Members behind the number $2, at most $3, in the order in which they were met; what each used of every feature in 30 days, as far as
-- it is counted; and the overrides of their own that hold now.
select s.key, s.plan, webquota.us(s.plan_until), s.plan_after, s.email, s.suspended, webquota.us(webquota.clock()), s.id,
       (select json_object_agg(u.feature, u.units order by u.units desc)::text
          from (select d.feature, sum(d.units) as units from webquota.usage_daily d
                 where d.account_id = s.account_id and d.subject_id = s.id and d.day > ((select webquota.clock()) at time zone 'UTC')::date - 30
                 group by d.feature) u
         where u.units > 0),
       webquota.us(s.created_at),
       (select json_agg(json_build_object('id', o.id, 'feature', o.feature, 'limit', o.limit_key, 'kind', o.kind, 'amount', o.amount,
                                          'multiplier', o.multiplier, 'created_at', webquota.us(o.created_at)))::text
          from webquota.overrides o
         where o.account_id = s.account_id and o.subject_id = s.id and o.removed_at is null and o.expires_at > (select webquota.clock()))
  from webquota.accounts a join webquota.subjects s on s.account_id = a.id
 where a.organization = $1 and s.id > $2::bigint
 order by s.id limit $3::bigint
