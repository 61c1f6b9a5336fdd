-- The next $2 links behind the number $1: what the hash covers, and the hash. By what the database itself has only: a function of ours
-- might have been replaced.
select a.number,
       pg_catalog.jsonb_build_array(a.number, a.id, (extract(epoch from a.at) * 1000000)::bigint, a.actor, a.origin, a.action, a.subject,
                                    a.organization, a.details)::text,
       pg_catalog.encode(a.hash, 'hex')
  from webquota.audit a where a.number > $1::bigint order by a.number limit $2::bigint
