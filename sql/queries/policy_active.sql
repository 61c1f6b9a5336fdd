select version, text, exists (select from webquota.policies d where d.state = 'scheduled' and d.effective_at <= (select webquota.clock()))
  from webquota.policies where active
