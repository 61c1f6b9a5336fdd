-- The member $2 (null: nobody) is the owner of the organization $1 from now on; whoever was it before. Nothing where there is no such member.
with was as (
  select a.id, a.owner from webquota.accounts a where a.organization = $1 for update),
becomes as (
  select s.id from was w join webquota.subjects s on s.account_id = w.id and s.key = $2::text)
update webquota.accounts a set owner = (select id from becomes)
  from was w
 where a.id = w.id and ($2::text is null or exists (select from becomes))
returning (select s.key from webquota.subjects s where s.account_id = w.id and s.id = w.owner)
