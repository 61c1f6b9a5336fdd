-- Callbacks: for whose turn they wait, that are being tried, that are overdue by a minute and by how many seconds the longest,
-- and those of a day that came to nothing. One that is being tried is overdue when no try can take that long.
select count(*) filter (where state = 'waiting'), count(*) filter (where state = 'pending'),
       count(*) filter (where overdue), coalesce(extract(epoch from max(clock_timestamp() - next_at) filter (where overdue)), 0)::bigint,
       count(*) filter (where state = 'failed' and ended_at > clock_timestamp() - interval '1 day')
  from (select d.*, d.state = 'pending' and d.next_at < clock_timestamp() - interval '1 minute'
                    and (d.taken_by is null or d.tried_at < clock_timestamp() - interval '6 minutes'
                         or not exists (select from webquota.leases l where l.name = 'delivery' and l.holder = d.taken_by
                                                                       and l.until > clock_timestamp())) as overdue
          from webquota.deliveries d
         where d.state in ('waiting', 'pending') or d.ended_at > clock_timestamp() - interval '1 day') d
