-- What the service does to each table; what the present role may not, and, where that is the tables' owner, what each may not of the other roles
-- that sign in and may write decisions: those of services. (A test compares this with what migrate gives.)
with owner as (select relowner as id from pg_catalog.pg_class where oid = 'webquota.decisions'::regclass),
roles as materialized (
  select current_user as name, pg_has_role(o.id, 'usage') as owns from owner o
  union all
  select r.rolname, false
    from owner o, pg_catalog.pg_roles r
   where pg_has_role(o.id, 'usage') and r.rolcanlogin and r.rolname <> current_user and not pg_has_role(r.oid, o.id, 'usage')
     and has_table_privilege(r.oid, 'webquota.decisions', 'insert'))
select w.name, string_agg(t.privilege || ' on ' || t.name, ', ' order by t.name, t.privilege) filter (where not t.may), w.owns
  from roles w
 cross join lateral (select c.relname::text as name, 'select' as privilege, has_table_privilege(w.name, c.oid, 'select') as may
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'webquota' and c.relkind in ('r', 'p', 'v') and not c.relispartition
        union all
        select o.name, p.privilege, has_table_privilege(w.name, 'webquota.' || o.name, p.privilege)
          from (values ('insert', 'accounts decisions policies limits alerts audit sessions requests admin_once idempotency recovery_codes approvals'),
                       ('insert', 'bulks bulk_items'),
                       ('insert update', 'subjects counters shared_counters overrides grants reservations tickets queues deliveries api_keys'),
                       ('insert update delete', 'usage_daily usage_by_plan usage_owners usage_last usage_active usage_organizations usage_standing usage_spread'),
                       ('insert update delete', 'usage_reaching usage_reached plans features'),
                       ('insert update delete', 'sign_in_attempts second_factors'), ('update', 'usage_rollup standing_rollup leases'),
                       ('insert delete', 'local_accounts'), ('delete', 'sessions admin_once idempotency')) r(privileges, names)
         cross join string_to_table(r.privileges, ' ') p(privilege) cross join string_to_table(r.names, ' ') o(name)
        union all
        select r.name, 'update (' || c.name || ')', has_column_privilege(w.name, 'webquota.' || r.name, c.name, 'update')
          from (values ('decisions', 'given_back'), ('idempotency', 'at'), ('sessions', 'last_seen_at ended_at'),
                       ('local_accounts', 'hash changed_at role suspended_at'), ('admin_once', 'status answer'),
                       ('accounts', 'owner'),
                       ('requests', 'state answer decided_by decided_at plan override'),
                       ('policies', 'active state applied_at'), ('recovery_codes', 'used_at'),
                       ('bulks', 'state ended_at stopped_by'), ('bulk_items', 'state why at made'),
                       ('approvals', 'state answer decided_by decided_at made')) r(name, columns)
         cross join string_to_table(r.columns, ' ') c(name)
        union all
        select 'ids', 'usage', has_sequence_privilege(w.name, 'webquota.ids', 'usage')
        union all
        select 'decisions_make_room', 'execute', has_function_privilege(w.name, 'webquota.decisions_make_room(timestamptz)', 'execute')
        union all
        select 'the schema', 'usage', has_schema_privilege(w.name, 'webquota', 'usage')) t
 group by w.name, w.owns
 order by w.name = current_user desc, w.name
