/* What the sanitizers are to do, linked into every program that scripts/watched builds: so that it holds as well for those
 * that a web server starts with an environment of its own. Reports go to files; WATCH_FOLDER names where.
 *
 * Suppressions are for libraries only, each with its reason.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);
const char *__lsan_default_suppressions(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1:exitcode=99:"
           "log_path=" WATCH_FOLDER "/reports/asan";
}

const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1:exitcode=99:log_path=" WATCH_FOLDER "/reports/ubsan";
}

/* halt_on_error=0: one race must not hide another. */
const char *__tsan_default_options(void)
{
    return "halt_on_error=0:second_deadlock_stack=1:exitcode=99:log_path=" WATCH_FOLDER "/reports/tsan";
}

const char *__tsan_default_suppressions(void)
{
    return "";
}

const char *__lsan_default_suppressions(void)
{
    return "";
}
