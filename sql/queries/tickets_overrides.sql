-- The overrides of all accounts of which somebody waits in a line of their own, as overrides_of gives them.
select o.account_id, o.id, o.subject_id, o.feature, o.limit_key, o.kind, o.amount, o.multiplier,
       webquota.us(o.expires_at), webquota.us(o.created_at)
  from webquota.overrides o
 where o.removed_at is null
   and exists (select from webquota.tickets t where t.state = 'waiting' and t.line_account = o.account_id and t.line_account <> 0)
 order by o.account_id, o.id
