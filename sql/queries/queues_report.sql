-- Each line that was waited in within 30 days: how many were served, went or were lost, and did not come; how long half of those let in waited
-- at most, how often that was within the range that they were told, sooner, and later, and how far from the middle of that range: half of
-- them so many seconds at most, and nine in ten so many; how many were let in within an hour and a day; callbacks that are being sent, and
-- that could not be delivered. Tickets are added up before all else, as there are many of them and few of what differs in them.
with waits as (
  select t.line_slot, t.waited_s, abs(2 * t.waited_s - t.promised_least_s - t.promised_most_s) as error_2s, count(*) as people,
         count(*) filter (where t.state = 'used') as used, count(*) filter (where t.state in ('left', 'expired')) as lost,
         count(*) filter (where t.state = 'lapsed') as lapsed,
         count(*) filter (where t.waited_s between t.promised_least_s and t.promised_most_s) as kept,
         count(*) filter (where t.waited_s < t.promised_least_s) as early, count(*) filter (where t.waited_s > t.promised_most_s) as late,
         count(*) filter (where t.admitted_at > (select webquota.clock() offset 0) - interval '1 hour') as hour,
         count(*) filter (where t.admitted_at > (select webquota.clock() offset 0) - interval '1 day') as day
    from (select line_slot, state, promised_least_s, promised_most_s, admitted_at,
                 ceil(date_part('epoch', admitted_at - joined_at))::bigint as waited_s
            from webquota.tickets where joined_at > (select webquota.clock() offset 0) - interval '30 days'
          offset 0) t
   group by 1, 2, 3),
ranked as (
  select l.feature, l.key, w.*,
         sum(w.people) filter (where w.waited_s is not null) over (partition by l.feature, l.key order by w.waited_s) as waited_before,
         sum(w.people) filter (where w.waited_s is not null) over (partition by l.feature, l.key) as waited,
         sum(w.people) filter (where w.error_2s is not null) over (partition by l.feature, l.key order by w.error_2s) as told_before,
         sum(w.people) filter (where w.error_2s is not null) over (partition by l.feature, l.key) as told
    from waits w join webquota.limits l on l.slot = w.line_slot),
callbacks as (
  select l.feature, l.key, count(*) filter (where d.state = 'pending') as sending, count(*) filter (where d.state = 'failed') as undelivered
    from webquota.deliveries d
    join webquota.tickets t on t.account_id = d.account_id and t.subject_id = d.subject_id and t.joined_at = d.joined_at and t.id = d.id
    join webquota.limits l on l.slot = t.line_slot
   where d.state in ('pending', 'failed') and d.joined_at > (select webquota.clock() offset 0) - interval '30 days'
   group by l.feature, l.key)
select r.feature, r.key, sum(r.used)::bigint, sum(r.lost)::bigint, sum(r.lapsed)::bigint,
       min(r.waited_s) filter (where r.waited_before * 2 >= r.waited),
       coalesce(min(r.told), 0)::bigint, sum(r.kept)::bigint, sum(r.early)::bigint, sum(r.late)::bigint,
       (min(r.error_2s) filter (where r.told_before * 2 >= r.told) + 1) / 2,
       (min(r.error_2s) filter (where r.told_before * 10 >= r.told * 9) + 1) / 2,
       sum(r.hour)::bigint, sum(r.day)::bigint, coalesce(min(c.sending), 0), coalesce(min(c.undelivered), 0)
  from ranked r left join callbacks c on c.feature = r.feature and c.key = r.key
 group by r.feature, r.key
 order by r.feature, r.key
