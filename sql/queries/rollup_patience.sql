-- A turn may read much, and adds it up in memory, by hashes, rather than sorting all of it. The planner takes every list for a long one,
-- and would compile for seconds.
select set_config('statement_timeout', '900s', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true),
       set_config('enable_sort', 'off', true)
