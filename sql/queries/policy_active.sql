-- The version in force; is there one that is due; and the first that is to come in its place, as the others will not.
select a.version, a.text,
       exists (select from webquota.policies d where d.state = 'scheduled' and d.effective_at <= (select webquota.clock())),
       c.version, webquota.us(c.effective_at)
  from webquota.policies a
  left join lateral (select d.version, d.effective_at from webquota.policies d
                      where d.state = 'scheduled' and d.based_on = a.version order by d.effective_at, d.version limit 1) c on true
 where a.active
