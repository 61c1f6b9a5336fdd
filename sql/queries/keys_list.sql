select json_build_object('id', k.id::text, 'name', k.name, 'scopes', array_remove(array[
           case when k.scopes & 1 > 0 then 'enforce' end, case when k.scopes & 2 > 0 then 'read' end,
           case when k.scopes & 4 > 0 then 'admin' end], null),
         'created_at', webquota.z(k.created_at), 'expires_at', webquota.z(k.expires_at),
         'revoked_at', webquota.z(k.revoked_at), 'last_used_at', webquota.z(k.last_used_at))::text
  from webquota.api_keys k where $1::bigint is null or k.id = $1::bigint order by k.id desc limit 1000
