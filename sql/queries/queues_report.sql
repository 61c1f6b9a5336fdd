-- Each line that has been waited in, or is not open: its state, how many wait, were let in, served, lost; and of those let in within
-- 30 days, how long they waited, how often that was within the range that they were told, sooner, and later, and how far from the
-- middle of that range: half of them so many seconds at most, and nine in ten so many; callbacks that are being sent, and that could
-- not be delivered; last, for how long the first has waited, how many were let in within an hour and a day, and who stopped it.
select l.feature, l.key, coalesce(q.state, 'open'),
       count(*) filter (where t.state = 'waiting'), count(*) filter (where t.state = 'admitted'),
       count(*) filter (where t.state = 'used'), count(*) filter (where t.state in ('left', 'expired')),
       count(*) filter (where t.state = 'lapsed'),
       coalesce(percentile_cont(0.5) within group (order by w.waited_s), 0)::bigint,
       count(*) filter (where w.waited_s is not null and t.promised_most_s is not null),
       count(*) filter (where w.waited_s between t.promised_least_s and t.promised_most_s),
       count(*) filter (where w.waited_s < t.promised_least_s), count(*) filter (where w.waited_s > t.promised_most_s),
       coalesce(percentile_cont(0.5) within group (order by w.error_s), 0)::bigint,
       coalesce(percentile_cont(0.9) within group (order by w.error_s), 0)::bigint,
       count(*) filter (where d.state = 'pending'), count(*) filter (where d.state = 'failed'),
       floor(extract(epoch from c.now - min(t.joined_at) filter (where t.state = 'waiting')))::bigint,
       count(*) filter (where t.admitted_at > c.now - interval '1 hour'),
       count(*) filter (where t.admitted_at > c.now - interval '1 day'),
       q.reason, q.author, webquota.us(q.changed_at)
  from (select webquota.clock() as now offset 0) c
  cross join webquota.limits l
  left join webquota.queues q on q.feature = l.feature and q.limit_key = l.key
  left join webquota.tickets t on t.line_slot = l.slot and (t.joined_at > c.now - interval '30 days' or t.state in ('waiting', 'admitted'))
  left join webquota.deliveries d on d.account_id = t.account_id and d.subject_id = t.subject_id and d.joined_at = t.joined_at and d.id = t.id
  cross join lateral (select ceil(extract(epoch from t.admitted_at - t.joined_at)) as waited_s) a
  cross join lateral (select a.waited_s, abs(a.waited_s - (t.promised_least_s + t.promised_most_s) / 2.0) as error_s) w
 where l.kind = 'limit'
 group by l.feature, l.key, q.state, q.reason, q.author, q.changed_at, c.now
having count(t.id) > 0 or q.state <> 'open'
 order by l.feature, l.key
