-- Organizations whose key begins with $1, behind the key $2 ('': from the first), at most $3, in the order of their bytes; members are
-- counted up to 1001.
select json_build_object('organization', a.organization, 'created_at', webquota.z(a.created_at), 'members',
         (select count(*) from (select from webquota.subjects s where s.account_id = a.id limit 1001) m))::text
  from webquota.accounts a
 where a.organization is not null and a.organization ~>=~ $1::text and a.organization ~<~ ($1::text || U&'\+10FFFF')
   and a.organization ~>~ $2::text
 order by a.organization using ~<~ limit $3::bigint
