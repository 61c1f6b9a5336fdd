-- What was made under a key. Locked, so that what is told again is as safe as when it was new: a standby may not have it yet. One without an
-- answer is of a program that wrote the key before the change.
select fingerprint, status, answer from webquota.admin_once
 where caller = $1 and key = $2 and at > (select webquota.clock()) - interval '24 hours' and status is not null
   for update
