-- Is there anything to be delivered that is not in hand ($2) with $1; and has somebody else the lease?
select exists (select from webquota.deliveries d
                where d.state = 'pending' and d.next_at <= statement_timestamp() and d.id <> all ($2::bigint[])),
       l.holder <> $1 and l.until > clock_timestamp()
  from webquota.leases l where l.name = 'delivery'
