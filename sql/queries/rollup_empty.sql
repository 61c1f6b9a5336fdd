-- Everything is to be counted anew, for the days of another zone.
with emptied as (delete from webquota.usage_daily),
emptied_by_plan as (delete from webquota.usage_by_plan),
emptied_owners as (delete from webquota.usage_owners),
emptied_last as (delete from webquota.usage_last),
emptied_active as (delete from webquota.usage_active),
emptied_organizations as (delete from webquota.usage_organizations)
update webquota.usage_rollup set upto = 0, open = '{}', zone = null, rolled_at = '-infinity'
