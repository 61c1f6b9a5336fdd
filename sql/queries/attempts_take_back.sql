with name as (delete from webquota.sign_in_attempts where key = $1)
update webquota.sign_in_attempts set level = greatest(0, level - 1) where key = $2
