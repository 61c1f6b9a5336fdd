-- Whoever decides waits behind who waits for the lock of the journal: not for long.
select set_config('lock_timeout', '200ms', true), set_config('statement_timeout', '1s', true)
