-- The journal's partitions for the months to come, where any is missing: nothing is locked else. Not at a server that only reads, not while
-- somebody else does it or migrates, and not where so much is in the partition for the rest that looking through it, which a new one takes,
-- would keep those waiting who decide.
select webquota.decisions_make_room(webquota.clock())
 where not current_setting('transaction_read_only')::boolean and pg_relation_size('webquota.decisions_rest') <= 64 * 1024 * 1024
   and pg_try_advisory_xact_lock(4031894775)
