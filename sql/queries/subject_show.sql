select json_build_object(
         'subject', s.key, 'plan', s.plan, 'plan_until', webquota.z(s.plan_until), 'plan_after', s.plan_after,
         'organization', a.organization, 'timezone', s.timezone, 'anchor', webquota.z(s.anchor), 'email', s.email,
         'suspended', s.suspended, 'created_at', webquota.z(s.created_at))::text,
       webquota.us(s.plan_until), webquota.us(webquota.clock())
  from webquota.subjects s left join webquota.accounts a on a.id = s.account_id
 where s.key = $1
