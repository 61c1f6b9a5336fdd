-- What a try of $1's came to ($2 to $5 the ticket): the answer's status ($6) and what was wrong ($7), and in how many microseconds
-- the next is due; null: there will be none, as the ledger ends it now, and whoever takes it until then knows that by its payload.
update webquota.deliveries
   set last_status = $6::integer, last_trouble = $7,
       next_at = case when $8::bigint is null then next_at else clock_timestamp() + $8::bigint * interval '1 microsecond' end,
       taken_by = case when $8::bigint is null then taken_by end, payload = case when $8::bigint is null then '' else payload end
 where account_id in ($2::bigint, (select account_id from webquota.subjects where id = $3::bigint)) and subject_id = $3::bigint
   and joined_at = webquota.at($4::bigint) and id = $5::bigint and state = 'pending' and taken_by = $1
