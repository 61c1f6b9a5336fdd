-- May what the reset $1 $2 $3 $4 took be used again, as if it had not been? Not where the person was reset once more since, and that stands; nor
-- where they were given back what they had been charged before it, as less may have been there to give back; nor where more was recorded of
-- them since than is looked at.
with since as (
  select d.kind, d.about_at, d.units, d.given_back
    from webquota.subjects s join webquota.decisions d on d.account_id = any (array[s.account_id, $1::bigint]) and d.subject_id = s.id
   where s.id = $2::bigint and d.at >= webquota.at($3::bigint) and d.id <> $4::bigint
   limit 10001)
select count(*) <= 10000
       and count(*) filter (where kind = 'reset' and about_at is null and units > 0 and given_back = 0) = 0
       and count(*) filter (where kind = 'refund' and about_at <= webquota.at($3::bigint)) = 0
  from since
