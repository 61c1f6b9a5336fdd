-- Of feature $2, for subject $1; nulls: none of their own any more.
update webquota.subjects
   set thresholds = nullif(case when $3::bigint is null then coalesce(thresholds, '{}') - $2::text
                                else coalesce(thresholds, '{}') || jsonb_build_object($2::text, jsonb_build_array($3::bigint, $4::bigint)) end,
                           '{}')
 where id = $1::bigint
