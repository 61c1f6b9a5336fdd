-- What the service does to each table; what the present role may not.
select string_agg(t.privilege || ' on ' || t.name, ', ' order by t.name, t.privilege)
  from (values ('accounts', 'select'), ('accounts', 'insert'), ('subjects', 'select'), ('subjects', 'insert'), ('subjects', 'update'),
               ('counters', 'select'), ('counters', 'insert'), ('counters', 'update'),
               ('shared_counters', 'select'), ('shared_counters', 'insert'), ('shared_counters', 'update'),
               ('overrides', 'select'), ('overrides', 'insert'), ('overrides', 'update'),
               ('grants', 'select'), ('grants', 'insert'), ('grants', 'update'),
               ('decisions', 'select'), ('decisions', 'insert'), ('idempotency', 'select'), ('idempotency', 'insert'),
               ('idempotency', 'delete'), ('reservations', 'select'), ('reservations', 'insert'), ('reservations', 'update'),
               ('alerts', 'insert'), ('audit', 'insert'), ('api_keys', 'select'), ('api_keys', 'insert'), ('api_keys', 'update'),
               ('usage_daily', 'insert'), ('usage_daily', 'update'), ('usage_daily', 'delete'), ('usage_rollup', 'update'),
               ('leases', 'update'), ('deliveries', 'select'), ('deliveries', 'insert'), ('deliveries', 'update'),
               ('policies', 'select'), ('limits', 'select'), ('migrations', 'select')) t(name, privilege)
 where not has_table_privilege('webquota.' || t.name, t.privilege)
    or (t.name = 'decisions' and t.privilege = 'insert' and not has_column_privilege('webquota.decisions', 'given_back', 'update'))
    or (t.name = 'idempotency' and t.privilege = 'delete' and not has_column_privilege('webquota.idempotency', 'at', 'update'))
    or (t.name = 'accounts' and not has_sequence_privilege('webquota.ids', 'usage'))
