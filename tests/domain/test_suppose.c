/* What would be so if something were changed is what is so when it has been changed, and supposing changes nothing. */
#include "fixtures.h"

#include "domain/suppose.h"

typedef struct {
    World *world;
    int upload;
    Limit *daily;
} Case;

/* A world in which 2 of 3 a day are used, and 2 of 50 of the organization's. */
static Case case_new(void)
{
    Case it = {.world = world_new()};
    it.upload = world_feature(it.world, "upload", -1);
    it.daily = world_limit(it.world, it.upload, "daily", 3, "day");
    world_limit(it.world, it.upload, "pool", 50, "day")->scope = SCOPE_ORGANIZATION;
    ck_assert_int_eq(world_consume(it.world, it.upload, 2), OUTCOME_ALLOWED);
    return it;
}

static UsageReport *suppose(Case *it, const Supposed *supposed, Subject *subject)
{
    Situation situation = world_situation(it->world);
    Book book = world_book(it->world);
    return usage_report_supposed(&situation, &book, supposed, it->upload, subject);
}

static UsageReport *present(Case *it)
{
    Situation situation = world_situation(it->world);
    Book book = world_book(it->world);
    return usage_report(&situation, &book, it->upload, true);
}

/* Tightest first, so which one is where depends on what is supposed. */
static const UsageLine *line_of(const UsageReport *report, const char *limit)
{
    for (int i = 0; i < report->line_count; i++)
        if (strcmp(report->lines[i].limit->key, limit) == 0)
            return &report->lines[i];
    ck_abort_msg("no line for %s", limit);
    return NULL;
}

static void assert_same(const UsageReport *supposed, const UsageReport *real)
{
    ck_assert_int_eq(supposed->line_count, real->line_count);
    for (int i = 0; i < real->line_count; i++) {
        const UsageLine *would = &supposed->lines[i], *is = &real->lines[i];
        ck_assert_str_eq(would->limit->key, is->limit->key);
        ck_assert_int_eq(would->amount, is->amount);
        ck_assert_int_eq(would->used, is->used);
        ck_assert_int_eq(would->held, is->held);
        ck_assert_int_eq(would->bonus, is->bonus);
        ck_assert_int_eq(would->remaining, is->remaining);
        ck_assert_int_eq(would->state, is->state);
        ck_assert_uint_eq(would->source, is->source);
    }
}

START_TEST(nothing_supposed_is_the_present)
{
    Case it = case_new();
    g_autoptr(World) world = it.world;
    Subject subject;
    g_autoptr(UsageReport) would = suppose(&it, &(Supposed){0}, &subject), is = present(&it);
    assert_same(would, is);
}
END_TEST

START_TEST(an_override_and_its_end)
{
    Case it = case_new();
    g_autoptr(World) world = it.world;
    g_autoptr(UsageReport) before = present(&it);
    Override more = {.id = 7, .feature = it.upload, .kind = OVERRIDE_AMOUNT, .amount = 10, .expires_at = INSTANT_MAX};
    Subject subject;
    g_autoptr(UsageReport) would = suppose(&it, &(Supposed){.override = &more}, &subject);
    ck_assert_int_eq(line_of(would, "daily")->remaining, 8);
    g_autoptr(UsageReport) unchanged = present(&it);
    assert_same(unchanged, before);

    Override *real = world_override(it.world, it.upload, 10);
    real->id = 7;
    g_autoptr(UsageReport) is = present(&it);
    assert_same(would, is);
    g_autoptr(UsageReport) undone = suppose(&it, &(Supposed){.no_override = 7}, &subject);
    assert_same(undone, before);
}
END_TEST

START_TEST(a_grant)
{
    Case it = case_new();
    g_autoptr(World) world = it.world;
    Grant five = {.slot = -5, .feature = it.upload, .amount = 5, .effective_at = INSTANT_MIN, .expires_at = INSTANT_MAX};
    Subject subject;
    g_autoptr(UsageReport) would = suppose(&it, &(Supposed){.grant = &five}, &subject);
    ck_assert_int_eq(line_of(would, "daily")->remaining, 1 + 5);
    ck_assert_int_eq(line_of(would, "daily")->bonus, 5);
}
END_TEST

START_TEST(a_reset_concerns_the_subjects_own_only)
{
    Case it = case_new();
    g_autoptr(World) world = it.world;
    Subject subject;
    g_autoptr(UsageReport) would = suppose(&it, &(Supposed){.reset = true, .reset_feature = it.upload}, &subject);
    ck_assert_int_eq(line_of(would, "daily")->used, 0);
    ck_assert_int_eq(line_of(would, "daily")->remaining, 3);
    ck_assert_int_eq(line_of(would, "pool")->used, 2);
    g_autoptr(UsageReport) other = suppose(&it, &(Supposed){.reset = true, .reset_feature = it.upload + 1}, &subject);
    ck_assert_int_eq(line_of(other, "daily")->used, 2);
    ck_assert_int_eq(world_used(it.world, it.daily), 2);
}
END_TEST

START_TEST(another_plan_keeps_what_was_used)
{
    Case it = case_new();
    g_autoptr(World) world = it.world, pro = world_new();
    world_feature(pro, "upload", -1);
    world_limit(pro, it.upload, "daily", 20, "day")->slot = it.daily->slot;
    Subject subject;
    g_autoptr(UsageReport) would = suppose(&it, &(Supposed){.plan = &pro->plan}, &subject);
    ck_assert_int_eq(would->line_count, 1);
    ck_assert_int_eq(line_of(would, "daily")->used, 2);
    ck_assert_int_eq(line_of(would, "daily")->remaining, 18);
    ck_assert_ptr_eq(would->subject->plan, &pro->plan);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        nothing_supposed_is_the_present, an_override_and_its_end, a_grant, a_reset_concerns_the_subjects_own_only,
        another_plan_keeps_what_was_used,
    };
    return run_tests("suppose", tests, G_N_ELEMENTS(tests), 10);
}
