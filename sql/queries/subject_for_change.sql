select s.account_id, s.id, a.organization,
       json_build_object('plan', s.plan, 'plan_until', webquota.z(s.plan_until), 'plan_after', s.plan_after, 'organization', a.organization,
         'timezone', s.timezone, 'anchor', webquota.z(s.anchor), 'email', s.email, 'suspended', s.suspended)::text
  from webquota.subjects s left join webquota.accounts a on a.id = s.account_id
 where s.key = $1 for update of s
