-- What was made by $1 already, and is it what is asked for now?
select b.id::text, b.what = $2 and b.change = $3::jsonb and b.chosen = $4::jsonb and b.reason = $5
  from webquota.bulks b where b.once = $1
