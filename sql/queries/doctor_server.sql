select current_setting('server_version'), current_user, current_database(), webquota_schema.there,
       (select string_agg(name || ' = ' || setting, ', ' order by name) from pg_catalog.pg_settings
         where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off')
  from (select to_regclass('webquota.migrations') is not null as there) webquota_schema
