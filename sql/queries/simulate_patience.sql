-- For a command that reads much: by the index, as the rows come, and not sorted first.
select set_config('statement_timeout', '60000', true), set_config('enable_sort', 'off', true), set_config('jit', 'off', true)
