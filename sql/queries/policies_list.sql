-- Those that could not come into force when their time had come are told from those that were overtaken by the audit, which says why.
select p.version, p.author, p.reason, webquota.z(p.applied_at), p.active, case when f.why is null then p.state else 'failed' end,
       webquota.z(p.effective_at), p.based_on, f.why
  from webquota.policies p
  left join lateral (select a.details ->> 'why' as why from webquota.audit a
                      where p.state = 'overtaken' and a.action = 'policy.failed' and a.details ->> 'version' = p.version::text
                      order by a.number desc limit 1) f on true
 order by p.version desc limit 100
