-- Everything is to be counted anew, for the days of another zone.
with emptied as (delete from webquota.usage_daily)
update webquota.usage_rollup set upto = 0, open = '{}', zone = null, rolled_at = '-infinity'
