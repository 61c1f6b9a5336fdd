-- For the rest of the transaction: newest first is read along the key, and never sorted. How much somebody did is known too badly.
select set_config('enable_sort', 'off', true), set_config('jit', 'off', true)
