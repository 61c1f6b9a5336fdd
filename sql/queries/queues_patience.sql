-- What comes behind may take so many milliseconds ($1), and goes through all rows once and adds them up by hashes, rather than sorting them or
-- looking each up.
select set_config('statement_timeout', $1, true), set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
       set_config('enable_sort', 'off', true), set_config('work_mem', '32MB', true)
