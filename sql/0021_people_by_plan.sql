-- How many people are on each plan is read from an index, which holds few entries for all of them, and not from everybody.
alter table webquota.subjects add column anonymous boolean not null generated always as (key like 'anon:%') stored;
comment on column webquota.subjects.anonymous is 'a visitor, known by address only';
create index subjects_plan on webquota.subjects (plan, anonymous, plan_until, plan_after);
