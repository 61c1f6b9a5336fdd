/* The replay with records made by hand: refusals that were given again. */
#include "fixtures.h"

#include "domain/replay.h"

#define PAT 7
#define FIRST 100 /* id of a refusal */

/* One policy in force, and one with more of the first limit. */
typedef struct {
    World *now, *next;
    Replay *replay;
    int64_t ids;
} Both;

static Both both_begin(World *now, World *next)
{
    Both both = {now, next, replay_new(now->now, zone_find("UTC")), FIRST};
    replay_add_world(both.replay, &now->policy);
    replay_add_world(both.replay, &next->policy);
    replay_meet(both.replay, &(ReplayFacts){.subject_id = PAT, .key = "pat", .first_met = now->subject.first_met,
                                            .anchor = now->subject.anchor});
    replay_meet_account(both.replay, PAT);
    return both;
}

/* `about`: of the refusal that is given again; 0: none is. */
static void give(Both *both, const char *feature, Outcome outcome, int64_t about)
{
    const ReplayRecord record = {
        .account_id = PAT, .subject_id = PAT, .id = both->ids, .at = both->now->now + both->ids * US_PER_S, .kind = RECORD_CONSUME,
        .outcome = outcome, .reason = outcome == OUTCOME_DENIED ? REASON_LIMIT : REASON_NONE, .plan = "free", .organization = "acme",
        .feature = feature, .units = 1, .about_id = about,
    };
    const ReplayRecord *one = &record;
    both->ids++;
    replay_records(both->replay, &one, 1);
}

static const ReplayTally *tally(const Both *both, int world)
{
    int64_t id = PAT;
    const ReplayPerson *person = g_hash_table_lookup(both->replay->people, &id);
    return &person->tally[world];
}

static World *world_of(Amount calls, Scope scope)
{
    World *world = world_new();
    world_limit(world, world_feature(world, "call", -1), "calls", calls, "lifetime")->scope = scope;
    world_limit(world, world_feature(world, "other", -1), "others", 5, "lifetime");
    return world;
}

static void assert_relieved(Scope scope)
{
    g_autoptr(World) now = world_of(3, scope);
    g_autoptr(World) next = world_of(10, scope);
    Both both = both_begin(now, next);
    for (int i = 0; i < 3; i++)
        give(&both, "call", OUTCOME_ALLOWED, 0);
    int64_t first = both.ids;
    give(&both, "call", OUTCOME_DENIED, 0);
    give(&both, "call", OUTCOME_DENIED, first);
    give(&both, "call", OUTCOME_DENIED, first);
    ck_assert_int_eq(tally(&both, 0)->stopped, 3);
    ck_assert_int_eq(tally(&both, 1)->stopped, 0);
    ck_assert_int_eq(tally(&both, 1)->relieved, 3);
    replay_free(both.replay);
}

START_TEST(a_refusal_given_again_is_relieved_with_the_first)
{
    for (Scope scope = SCOPE_SUBJECT; scope <= SCOPE_SITE; scope++)
        assert_relieved(scope);
}
END_TEST

START_TEST(a_refusal_whose_first_was_before_stays_as_it_was)
{
    g_autoptr(World) now = world_of(3, SCOPE_SUBJECT);
    g_autoptr(World) next = world_of(10, SCOPE_SUBJECT);
    Both both = both_begin(now, next);
    give(&both, "call", OUTCOME_DENIED, 1);
    give(&both, "other", OUTCOME_ALLOWED, 0);
    give(&both, "call", OUTCOME_DENIED, 1);
    for (int world = 0; world < 2; world++) {
        ck_assert_int_eq(tally(&both, world)->stopped, 2);
        ck_assert_int_eq(tally(&both, world)->relieved, 0);
    }
    replay_free(both.replay);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {a_refusal_given_again_is_relieved_with_the_first, a_refusal_whose_first_was_before_stays_as_it_was};
    return run_tests("replay", tests, G_N_ELEMENTS(tests), 10);
}
