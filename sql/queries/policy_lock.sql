-- One change at a time, by whoever makes it: the number stands for the policy.
select pg_advisory_xact_lock(7762001)
