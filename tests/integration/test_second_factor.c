/* Codes at sign-in on a real database: what is asked for, what is taken once, what is limited, and the published vectors. */
#include <pthread.h>
#include <sodium.h>

#include "database.h"
#include "store/access.h"
#include "store/second_factor.h"
#include "store/totp.h"

#define PASSWORD "correct horse battery"
#define HOME "anon:192.0.2.7"
static const char policy_text[] =
    "default_plan = free  feature call { }  plan free { limit day { feature = call  amount = 2  window = day } }";

static Store *store;

/* The codes are of this time, and of as many steps of 30 seconds after it as are said. */
static void clock_set(int steps)
{
    g_autofree char *sql = g_strdup_printf("create or replace function webquota.clock() returns timestamptz language sql stable as"
                                           " $$ select timestamptz '2026-11-22 12:00:00Z' + %d * interval '30 seconds' $$", steps);
    g_free(database_value(sql));
}

static void start(void)
{
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    ck_assert(sodium_init() >= 0);
    database_fresh(policy_text);
    clock_set(0);
    store = database_store();
    ck_assert_msg(account_add(store, "ada", PASSWORD, ROLE_SUPPORT, "a-1", NULL, "test", &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

static void stop(void)
{
    store_close(store);
}

/* The code that ada's application shows so many steps after the time of clock_set(0). */
static void code_at(int steps, char code[9])
{
    unsigned char secret[TOTP_SECRET_BYTES];
    g_autofree char *hex = database_value("select encode(secret, 'hex') from webquota.second_factors where account = 'ada'");
    ck_assert_int_eq(sodium_hex2bin(secret, sizeof secret, hex, strlen(hex), NULL, NULL, NULL), 0);
    int64_t step = database_number("select extract(epoch from timestamptz '2026-11-22 12:00:00Z')::bigint / 30") + steps;
    ck_assert(totp_code(secret, sizeof secret, step, TOTP_DIGITS, code));
}

static SignIn sign_in(bool required, char **token)
{
    g_auto(StoreError) error = {0};
    SignIn outcome = SIGN_IN_TOO_MANY;
    int64_t wait_s = 0;
    *token = NULL;
    StoreResult result =
        account_sign_in(store, &(SignInAsk){"ada", PASSWORD, HOME, required, NULL}, &outcome, token, &wait_s, &error);
    ck_assert_msg(result == STORE_OK, "%s", error.detail);
    return outcome;
}

static SignIn send_code(const char *half, const char *code, char **made, GPtrArray **codes)
{
    g_auto(StoreError) error = {0};
    SignIn outcome = SIGN_IN_TOO_MANY;
    int64_t wait_s = 0;
    *made = NULL;
    StoreResult result = sign_in_code(store, half, code, HOME, &outcome, made, codes, &wait_s, &error);
    ck_assert_msg(result == STORE_OK, "%d: %s", result, error.detail);
    ck_assert((outcome == SIGN_IN_DONE) == (*made != NULL) && (outcome != SIGN_IN_TOO_MANY || (wait_s >= 1 && wait_s <= 600)));
    return outcome;
}

static bool is_session(const char *token)
{
    g_auto(StoreError) error = {0};
    g_auto(Session) session = {0};
    return session_find(store, token, &session, &error) == STORE_OK && strcmp(session.account, "ada") == 0;
}

static SignIn confirm(const char *password, const char *code, GPtrArray **codes)
{
    g_auto(StoreError) error = {0};
    SignIn outcome;
    int64_t wait_s;
    const FactorProof proof = {.account = "ada", .password = password, .code = code, .address = HOME, .session = ""};
    ck_assert_msg(factor_confirm(store, &proof, &outcome, codes, &wait_s, &error) == STORE_OK, "%s", error.detail);
    return outcome;
}

/* Codes are on for ada, set up by the code of that step; the recovery codes. */
static GPtrArray *set_up(int steps)
{
    g_auto(StoreError) error = {0};
    GPtrArray *codes;
    char code[9];
    ck_assert_int_eq(factor_begin(store, "ada", &error), STORE_OK);
    code_at(steps, code);
    ck_assert_int_eq(confirm(PASSWORD, code, &codes), SIGN_IN_DONE);
    ck_assert_uint_eq(codes->len, RECOVERY_CODES);
    return codes;
}

/* RFC 6238, appendix B, with SHA-1; RFC 4226, appendix D. */
START_TEST(codes_are_those_of_the_standards)
{
    static const unsigned char secret[TOTP_SECRET_BYTES + 1] = "12345678901234567890";
    static const struct {
        int64_t at_s;
        const char *code;
    } timed[] = {{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"}, {1234567890, "89005924"}, {2000000000, "69279037"},
                 {20000000000, "65353130"}};
    static const char *const counted[] = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
    char code[9];
    int64_t step = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(timed); i++) {
        ck_assert(totp_code(secret, TOTP_SECRET_BYTES, timed[i].at_s / TOTP_STEP_S, 8, code));
        ck_assert_str_eq(code, timed[i].code);
        ck_assert(totp_find(secret, code + 2, timed[i].at_s * US_PER_S, 0, &step) && step == timed[i].at_s / TOTP_STEP_S);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(counted); i++) {
        ck_assert(totp_code(secret, TOTP_SECRET_BYTES, (int64_t) i, 6, code));
        ck_assert_str_eq(code, counted[i]);
    }
    g_autofree char *text = totp_base32(secret);
    ck_assert_str_eq(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    Instant now = (Instant) 1111111111 * US_PER_S;
    int64_t current = 1111111111 / TOTP_STEP_S;
    for (int late = -2; late <= 2; late++) {
        ck_assert(totp_code(secret, TOTP_SECRET_BYTES, current + late, 6, code));
        ck_assert(totp_find(secret, code, now, 0, &step) == (late >= -1 && late <= 1));
        ck_assert(!totp_find(secret, code, now, current + late, &step));
    }
    for (size_t i = 0; i < 3; i++)
        ck_assert(!totp_find(secret, (const char *const[]){"", "12345", "0503130"}[i], now, 0, &step));
}
END_TEST

START_TEST(what_is_set_up_counts_once_it_was_confirmed)
{
    g_auto(StoreError) error = {0};
    g_auto(FactorState) state = {0};
    g_autofree char *before = NULL, *half = NULL, *token = NULL;
    GPtrArray *codes = NULL;
    char code[9];
    ck_assert_int_eq(factor_begin(store, "ada", &error), STORE_OK);
    code_at(0, code);
    ck_assert_int_eq(sign_in(true, &before), SIGN_IN_HALF); /* one that was only begun is none; and is begun anew */
    g_clear_pointer(&before, g_free);
    ck_assert_int_eq(sign_in(false, &before), SIGN_IN_DONE);
    code_at(0, code);
    ck_assert_int_eq(confirm("a wrong password", code, &codes), SIGN_IN_WRONG);
    ck_assert_int_eq(confirm(PASSWORD, "000000", &codes), SIGN_IN_WRONG);
    ck_assert_ptr_null(codes);
    ck_assert(is_session(before));
    ck_assert_int_eq(confirm(PASSWORD, code, &codes), SIGN_IN_DONE);
    ck_assert(!is_session(before)); /* begun without a code */
    ck_assert_int_eq(factor_state(store, "ada", &state, &error), STORE_OK);
    ck_assert(state.on && state.codes_left == RECOVERY_CODES && !state.secret);
    ck_assert_int_eq(factor_begin(store, "ada", &error), STORE_CONFLICT);
    ck_assert_int_eq(sign_in(false, &half), SIGN_IN_HALF);
    ck_assert(!is_session(half));
    GPtrArray *none = NULL;
    ck_assert_int_eq(send_code(half, code, &token, &none), SIGN_IN_WRONG); /* it was taken when it was confirmed */
    clock_set(1);
    code_at(1, code);
    ck_assert_int_eq(send_code(half, code, &token, &none), SIGN_IN_DONE);
    ck_assert(is_session(token) && !is_session(half) && !none);
    g_autofree char *hex = database_value("select encode(secret, 'hex') from webquota.second_factors");
    g_autofree char *leaks = g_strdup_printf("select count(*) from webquota.audit a where a::text ilike '%%%s%%' or a::text ilike '%%%s%%'", hex,
                                             (const char *) codes->pdata[0]);
    ck_assert_int_eq(database_number(leaks), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'factor.on' and actor = 'account:ada'"), 1);
    g_ptr_array_unref(codes);
}
END_TEST

static char shared_code[9];

static void *send_shared(void *data)
{
    char *token;
    GPtrArray *codes;
    SignIn outcome = send_code(data, shared_code, &token, &codes);
    g_free(token);
    return GINT_TO_POINTER(outcome);
}

START_TEST(a_code_is_taken_once_also_of_several_at_once)
{
    pthread_t threads[3];
    char *halves[3];
    int done = 0;
    g_autofree char *other = NULL, *token = NULL;
    GPtrArray *codes = set_up(0), *none;
    clock_set(2);
    ck_assert_int_eq(sign_in(false, &other), SIGN_IN_HALF);
    code_at(2, shared_code);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        ck_assert_int_eq(sign_in(false, &halves[i]), SIGN_IN_HALF);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, send_shared, halves[i]), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        void *outcome;
        pthread_join(threads[i], &outcome);
        g_free(halves[i]);
        done += GPOINTER_TO_INT(outcome) == SIGN_IN_DONE;
    }
    ck_assert_int_eq(done, 1);
    char before[9];
    code_at(1, before); /* in time, but of before the one that was taken */
    ck_assert_int_eq(send_code(other, before, &token, &none), SIGN_IN_WRONG);
    g_autofree char *typed = g_ascii_strup(codes->pdata[3], -1);
    ck_assert_int_eq(send_code(other, typed, &token, &none), SIGN_IN_DONE);
    g_clear_pointer(&other, g_free);
    g_clear_pointer(&token, g_free);
    ck_assert_int_eq(sign_in(false, &other), SIGN_IN_HALF);
    ck_assert_int_eq(send_code(other, typed, &token, &none), SIGN_IN_WRONG);
    ck_assert_int_eq(database_number("select (details->>'left')::int from webquota.audit where action = 'factor.recovery'"), 9);
    g_ptr_array_unref(codes);
}
END_TEST

START_TEST(guesses_are_counted_and_the_password_gives_no_more_of_them)
{
    g_auto(StoreError) error = {0};
    g_autofree char *half = NULL, *token = NULL;
    GPtrArray *codes = set_up(0), *none = NULL;
    char code[9];
    clock_set(2);
    code_at(2, code);
    for (int i = 0; i < 5; i++) {
        if (i % 4 == 0) {
            g_clear_pointer(&half, g_free);
            ck_assert_int_eq(sign_in(false, &half), SIGN_IN_HALF);
        }
        ck_assert_int_eq(send_code(half, strcmp(code, "123456") ? "123456" : "123457", &token, &none), SIGN_IN_WRONG);
    }
    ck_assert_int_eq(send_code(half, code, &token, &none), SIGN_IN_TOO_MANY);
    SignIn outcome;
    int64_t wait_s;
    StoreResult changed = account_password_change(store, "ada", PASSWORD, PASSWORD, HOME, "", &outcome, &wait_s, &error);
    ck_assert(changed == STORE_OK && outcome == SIGN_IN_DONE);
    g_clear_pointer(&half, g_free);
    ck_assert_int_eq(sign_in(false, &half), SIGN_IN_HALF);
    ck_assert_int_eq(send_code(half, code, &token, &none), SIGN_IN_TOO_MANY); /* nor does another password */
    clock_set(22); /* ten minutes later one more is looked at; the sign-in took too long by then */
    code_at(22, code);
    ck_assert_int_eq(sign_in_code(store, half, code, HOME, &outcome, &token, &none, &wait_s, &error), STORE_NONE);
    g_clear_pointer(&half, g_free);
    ck_assert_int_eq(sign_in(false, &half), SIGN_IN_HALF);
    ck_assert_int_eq(send_code(half, code, &token, &none), SIGN_IN_DONE);
    ck_assert_int_eq(database_number("select count(*) from webquota.sign_in_attempts where key in ('name ada', 'code ada')"), 0);
    g_ptr_array_unref(codes);
}
END_TEST

START_TEST(where_it_is_required_it_is_set_up_before_anything_else)
{
    g_auto(StoreError) error = {0};
    g_autofree char *half = NULL, *token = NULL, *next = NULL;
    GPtrArray *codes = NULL;
    char code[9];
    ck_assert_int_eq(sign_in(true, &half), SIGN_IN_HALF);
    ck_assert(!is_session(half));
    code_at(0, code);
    ck_assert_int_eq(send_code(half, code, &token, &codes), SIGN_IN_DONE);
    ck_assert(is_session(token) && codes && codes->len == RECOVERY_CODES);
    ck_assert_int_eq(factor_reset(store, "nobody", "lost", "test", &error), STORE_NONE);
    ck_assert_int_eq(factor_reset(store, "ada", "lost", "test", &error), STORE_OK);
    ck_assert(!is_session(token));
    ck_assert_int_eq(factor_reset(store, "ada", "lost", "test", &error), STORE_CONFLICT);
    ck_assert_int_eq(database_number("select count(*) from webquota.recovery_codes"), 0);
    ck_assert_int_eq(account_role(store, "ada", ROLE_USER, NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(sign_in(true, &next), SIGN_IN_DONE); /* whoever looks after nobody but themselves */
    g_ptr_array_unref(codes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("second factor");
    TCase *pure = tcase_create("codes"), *tests = tcase_create("second factor");
    tcase_add_test(pure, codes_are_those_of_the_standards);
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, what_is_set_up_counts_once_it_was_confirmed);
    tcase_add_test(tests, a_code_is_taken_once_also_of_several_at_once);
    tcase_add_test(tests, guesses_are_counted_and_the_password_gives_no_more_of_them);
    tcase_add_test(tests, where_it_is_required_it_is_set_up_before_anything_else);
    suite_add_tcase(suite, pure);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
