-- What may be changed of them, before it is.
select s.key,
       json_build_object('plan', s.plan, 'plan_until', webquota.z(s.plan_until), 'plan_after', s.plan_after, 'organization', a.organization,
         'timezone', s.timezone, 'anchor', webquota.z(s.anchor), 'email', s.email, 'suspended', s.suspended)::text
  from unnest($1::text[]) u(key) join webquota.subjects s on s.key = u.key left join webquota.accounts a on a.id = s.account_id
