-- One organization; its owner is null where they are no member any more.
select json_build_object('organization', a.organization, 'owner', s.key, 'created_at', webquota.z(a.created_at))::text
  from webquota.accounts a left join webquota.subjects s on s.account_id = a.id and s.id = a.owner
 where a.organization = $1
