-- Of the schema: is it there, and may the role look into it? Settings that are off, and should not be.
select current_setting('server_version'), current_user, current_database(),
       exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'webquota' and c.relname = 'migrations'),
       (select string_agg(name || ' = ' || setting, ', ' order by name) from pg_catalog.pg_settings
         where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'),
       coalesce((select has_schema_privilege(oid, 'usage') from pg_catalog.pg_namespace where nspname = 'webquota'), true)
