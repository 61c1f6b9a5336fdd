-- The checks of the doctor may read much. The planner takes every list for a long one, and would compile for seconds.
select set_config('statement_timeout', '900s', true), set_config('jit', 'off', true)
