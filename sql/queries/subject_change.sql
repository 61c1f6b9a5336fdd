-- Each value has a flag before it: whether it was given.
update webquota.subjects
   set plan       = case when $2::boolean then $3 else plan end,
       plan_after = case when $4::boolean then $5 else plan_after end,
       plan_until = case when $6::boolean then nullif(webquota.at($7::bigint), 'infinity') else plan_until end,
       timezone   = case when $8::boolean then $9 else timezone end,
       anchor     = case when $10::boolean then webquota.at($11::bigint) else anchor end,
       email      = case when $12::boolean then $13 else email end,
       suspended  = case when $14::boolean then $15::boolean else suspended end
 where id = $1::bigint
