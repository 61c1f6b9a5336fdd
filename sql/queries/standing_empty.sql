-- The same of how far people are.
with emptied as (delete from webquota.usage_standing),
emptied_spread as (delete from webquota.usage_spread),
emptied_reaching as (delete from webquota.usage_reaching),
emptied_reached as (delete from webquota.usage_reached)
update webquota.standing_rollup set upto = 0, open = '{}', zone = null, rolled_at = '-infinity'
