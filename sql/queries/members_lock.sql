-- Who joins an account, and what is granted to the whole of it, come one after the other: or the newcomer's memory would
-- miss what was granted meanwhile.
select pg_advisory_xact_lock(4031894776)
