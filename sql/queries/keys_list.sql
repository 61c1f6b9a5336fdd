-- The key $1, or (null) the newest $3 before the key $2 (null: from the newest on).
select json_build_object('id', k.id::text, 'name', k.name, 'scopes', array_remove(array[
           case when k.scopes & 1 > 0 then 'enforce' end, case when k.scopes & 2 > 0 then 'read' end,
           case when k.scopes & 4 > 0 then 'admin' end], null),
         'created_at', webquota.z(k.created_at), 'expires_at', webquota.z(k.expires_at),
         'revoked_at', webquota.z(k.revoked_at), 'last_used_at', webquota.z(k.last_used_at))::text
  from webquota.api_keys k
 where k.id >= coalesce($1::bigint, 0) and k.id <= coalesce($1::bigint, $2::bigint - 1, 9223372036854775807)
 order by k.id desc limit $3::bigint
