-- What a bulk made of each is kept, so that it can be undone as a whole: by a bulk like any other, of those whom it changed.
alter table webquota.bulks add column undoes bigint references webquota.bulks;
alter table webquota.bulks drop constraint bulks_what_check;
alter table webquota.bulks add constraint bulks_what_check
  check (what in ('bonus', 'override', 'plan', 'suspend', 'restore', 'reset', 'undo') and (what = 'undo') = (undoes is not null));
create index bulks_undoes on webquota.bulks (undoes) where undoes is not null;
create unique index bulks_undoing on webquota.bulks (undoes) where undoes is not null and state = 'running';
comment on column webquota.bulks.undoes is 'the bulk that this one undoes; each of its people has the number that they have there';
alter table webquota.bulk_items add column made jsonb;
comment on column webquota.bulk_items.made is 'override or grant: its number; else what was changed of the subject, before and after; null: not known';

-- How each whom a bulk has changed stands to that now: possible (to be undone), gone (somebody took it away), over (it has ended by itself),
-- changed (something else is so by now), same (nothing was changed), unknown (what was there before was not kept).
create view webquota.bulk_undoable as
  select i.bulk_id, i.number, i.subject, i.made,
         case when i.made is null then 'unknown'
              when o.removed_at is not null or g.removed_at is not null then 'gone'
              when o.expires_at <= t.now or g.expires_at <= t.now then 'over'
              when o.id is not null or g.id is not null then 'possible'
              when i.made -> 'after' = i.made -> 'before' then 'same'
              when s.id is null or not jsonb_build_object('plan', s.plan, 'plan_until', webquota.us(s.plan_until), 'plan_after', s.plan_after,
                                                          'suspended', s.suspended) @> (i.made -> 'after') then 'changed'
              when (i.made -> 'after' ->> 'plan_until')::bigint <= webquota.us(t.now) then 'over'
              else 'possible' end as state
    from webquota.bulk_items i cross join (select webquota.clock() as now offset 0) t
    left join webquota.overrides o on o.id = (i.made ->> 'override')::bigint
    left join webquota.grants g on g.id = (i.made ->> 'grant')::bigint
    left join webquota.subjects s on s.key = i.subject and i.made ? 'after'
   where i.state = 'done';
comment on view webquota.bulk_undoable is 'those whom a bulk has changed, and whether that is still so';

-- Who asks most is read from the beginning of an index: people and organizations, which ask more than any of their members, each from their own.
drop index webquota.usage_owners_day;
drop index webquota.usage_owners_month;
create index usage_owners_people_day on webquota.usage_owners (active_on, day_requests desc) where subject_id <> 0;
create index usage_owners_people_month on webquota.usage_owners (month, month_requests desc, active_on) where subject_id <> 0;
create index usage_owners_organizations_day on webquota.usage_owners (active_on, day_requests desc) where subject_id = 0;
create index usage_owners_organizations_month on webquota.usage_owners (month, month_requests desc) where subject_id = 0;
