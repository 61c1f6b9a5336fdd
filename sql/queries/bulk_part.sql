-- What a bulk of plans ($2), or one that suspends or restores, changes of the subject $1, as it is now; nobody else changes it meanwhile.
select (case when $2::boolean then jsonb_build_object('plan', s.plan, 'plan_until', webquota.us(s.plan_until), 'plan_after', s.plan_after)
             else jsonb_build_object('suspended', s.suspended) end)::text
  from webquota.subjects s where s.key = $1 for update of s
