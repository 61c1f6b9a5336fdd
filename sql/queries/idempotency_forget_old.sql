-- A key is good for 24 hours. So many at most of those that are older go, the oldest first. By where they are: this way no plan that was made
-- while there were few looks through all.
delete from webquota.idempotency
 where ctid = any (array(select ctid from webquota.idempotency where at <= (select webquota.clock()) - interval '24 hours'
                          order by at limit $1::bigint for update skip locked))
