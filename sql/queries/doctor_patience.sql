-- The checks of the doctor may read much.
select set_config('statement_timeout', '900s', true)
