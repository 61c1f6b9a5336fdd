-- Is there anything to be delivered that $1 is not busy with; and has somebody else the lease?
select exists (select from webquota.deliveries d
                where d.state = 'pending' and d.next_at <= clock_timestamp() and d.taken_by is distinct from $1),
       l.holder <> $1 and l.until > clock_timestamp()
  from webquota.leases l where l.name = 'delivery'
