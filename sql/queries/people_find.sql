-- Subjects whose key, e-mail address or organization begins with $1, behind the key $2 ('': from the first), at most $3, in the order
-- of their keys' bytes. Each way is a range of an index; of addresses and of members no more than 1000 are looked at.
with found as (
  (select account_id, id, key from webquota.subjects
    where key ~>=~ $1::text and key ~<~ ($1::text || U&'\+10FFFF') and key ~>~ $2::text order by key using ~<~ limit $3::bigint)
  union
  (select account_id, id, key from (
      select account_id, id, key from webquota.subjects
       where $1::text <> '' and email is not null and lower(email) ~>=~ lower($1::text)
         and lower(email) ~<~ (lower($1::text) || U&'\+10FFFF') limit 1000) e
    where key ~>~ $2::text order by key using ~<~ limit $3::bigint)
  union
  (select account_id, id, key from (
      select s.account_id, s.id, s.key
        from (select id from webquota.accounts
               where $1::text <> '' and organization is not null and organization ~>=~ $1::text
                 and organization ~<~ ($1::text || U&'\+10FFFF') limit 1000) a
        join webquota.subjects s on s.account_id = a.id limit 1000) m
    where key ~>~ $2::text order by key using ~<~ limit $3::bigint))
select s.key, s.plan, webquota.us(s.plan_until), s.plan_after, a.organization, s.email, s.suspended, webquota.us(webquota.clock())
  from (select * from found order by key using ~<~ limit $3::bigint) f
  join webquota.subjects s on s.account_id = f.account_id and s.id = f.id
  left join webquota.accounts a on a.id = s.account_id
 order by s.key using ~<~
