-- $2: also one that does not count so far.
delete from webquota.second_factors where account = $1 and ($2::boolean or confirmed_at is not null) returning account
