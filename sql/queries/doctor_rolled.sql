-- How many sums there are; how many records are in none of them and older than a minute; since when.
select (select count(*) from webquota.usage_daily), count(d.at), webquota.z(min(d.at)), u.zone
  from webquota.usage_rollup u
  left join webquota.decisions d on (d.xact >= u.upto or d.xact = any (u.open)) and d.at < (select webquota.clock()) - interval '1 minute'
 group by u.zone
