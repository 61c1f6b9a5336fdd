-- Records since $1 of accounts that are the next ones behind $2 places, evenly over all numbers of accounts; of each at most $3, and
-- $4 in all.
with places as (
  select distinct a.account_id
    from generate_series(0, $2::bigint - 1) g
   cross join lateral (
     select d.account_id from webquota.decisions d
      where d.account_id >= g * (select max(id) from webquota.accounts) / $2 and d.at >= webquota.at($1)
      order by d.account_id limit 1) a)
select d.*
  from places p
 cross join lateral (
   select d.account_id, d.subject_id, d.at, d.id, d.kind, d.outcome, d.reason, d.policy_version, d.plan, d.organization, d.feature,
       d.resource, d.units, d.items, d.trace, d.about_at, d.about_id, d.given_back,
       d.kind = 'hold' and d.metadata is not null and d.metadata ? 'ticket', d.xact
     from webquota.decisions d
    where d.account_id = p.account_id and d.at >= webquota.at($1)
    order by d.subject_id, d.at, d.id
    limit $3) d
 limit $4
