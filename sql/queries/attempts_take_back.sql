-- $1: names and their codes; $2: an address, of which so many ($3) were counted.
with gone as (delete from webquota.sign_in_attempts where key = any ($1::text[]))
update webquota.sign_in_attempts set level = greatest(0, level - $3::bigint) where key = $2
