-- Records in the order in which they were written, which is nearly that in which they happened.
declare replay no scroll cursor for
select d.account_id, d.subject_id, d.at, d.id, d.kind, d.outcome, d.reason, d.policy_version, d.plan, d.organization, d.feature,
       d.resource, d.units, d.items, d.trace, d.about_at, d.about_id, d.given_back,
       d.kind = 'hold' and d.metadata is not null and d.metadata ? 'ticket', d.xact
  from webquota.decisions d
 where d.at >= webquota.at($1) and d.at < webquota.at($2)
 order by d.xact
