-- The server's clock, webquota's, and whether that is still the one that the schema made.
select (extract(epoch from clock_timestamp()) * 1000000)::bigint, webquota.us(webquota.clock()),
       (select prosrc from pg_catalog.pg_proc where oid = 'webquota.clock()'::regprocedure) = 'select clock_timestamp()'
