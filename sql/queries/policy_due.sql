-- The first whose time has come, and the version that is in force.
select d.version, d.text, d.author, d.reason, d.based_on, (select a.version from webquota.policies a where a.active)
  from webquota.policies d
 where d.state = 'scheduled' and d.effective_at <= (select webquota.clock())
 order by d.effective_at, d.version
 limit 1
