-- The newest $2 records, by the number of their transaction, of the months from $1 on: no more rows than that are looked at.
select d.account_id, d.subject_id, d.at, d.id, d.kind, d.outcome, d.reason, d.policy_version, d.plan, d.organization, d.feature,
       d.resource, d.units, d.items, d.trace, d.about_at, d.about_id, d.given_back,
       d.kind = 'hold' and d.metadata is not null and d.metadata ? 'ticket', d.xact
  from webquota.decisions d
 where d.at >= date_trunc('month', webquota.at($1), 'UTC')
 order by d.xact desc
 limit $2
