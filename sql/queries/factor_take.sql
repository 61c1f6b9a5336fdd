-- Takes the code of the step $2, once, of the factor that counts or ($3) does not so far; that then does.
update webquota.second_factors set last_step = $2::bigint, confirmed_at = coalesce(confirmed_at, webquota.clock())
 where account = $1 and last_step < $2::bigint and (confirmed_at is null) = $3::boolean
returning account
