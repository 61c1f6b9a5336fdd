-- The newest $3 records since $2 of the account of subject $1.
select d.account_id, d.subject_id, d.at, d.id, d.kind, d.outcome, d.reason, d.policy_version, d.plan, d.organization, d.feature,
       d.resource, d.units, d.items, d.trace, d.about_at, d.about_id, d.given_back,
       d.kind = 'hold' and d.metadata is not null and d.metadata ? 'ticket', d.xact
  from webquota.subjects s join webquota.decisions d on d.account_id = s.account_id
 where s.key = $1 and d.at >= webquota.at($2)
 order by d.at desc
 limit $3
