/* GET /admin/what-if: a limit as it might be, and who would have been stopped by it. */
#include "view/report.h"
#include "view/view_admin_policy.h"
#include "view/view_page.h"
#include "view/words_add.h"

#define PEOPLE_SHOWN 25
#define DAYS_FORMS 3

static int person_order(const void *a, const void *b)
{
    const ReplayPerson *one = *(const ReplayPerson *const *) a, *other = *(const ReplayPerson *const *) b;
    int64_t x = one->tally[1].newly + one->tally[1].relieved, y = other->tally[1].newly + other->tally[1].relieved;
    return x != y ? (x > y ? -1 : 1) : strcmp(one->key, other->key);
}

static GPtrArray *people_sorted(const Replay *replay)
{
    GPtrArray *people = replay_people(replay, replay_person_differs);
    if (people->len)
        qsort(people->pdata, people->len, sizeof *people->pdata, person_order);
    return people;
}

static int64_t stopped(const ReplayTally *tally)
{
    return tally->stopped + tally->waited;
}

static int64_t world_stopped(const Replay *replay, int world)
{
    int64_t sum = 0;
    for (guint i = 0; i < replay->days->len; i++) {
        const ReplayDay *day = &g_array_index(replay->days, ReplayDay, i);
        sum += day->stopped[world] + day->waited[world];
    }
    return sum;
}

/* "4.2 %": of all people who asked for anything. */
static void add_share(GString *out, int64_t part, int64_t all)
{
    if (all > 0)
        words_add_percent(out, (double) part * 100 / (double) all);
}

static void set_world(Value *page, const Replay *replay, int world)
{
    int64_t people = replay_people_stopped(replay, world), all = replay_people_counted(replay);
    Value *one = set_object(page, "now");
    one->key = world ? "then" : "now";
    one->mark = value_key(one->key).mark;
    set_words(one, "stopped", words_add_number, world_stopped(replay, world));
    set_words(one, "people", words_add_number, people);
    set_words(one, "share", add_share, people, all);
    set_flag(one, "above", !report_on_target(people, all));
}

static void set_people(Value *page, const WhatIfShown *shown, const PageContext *context)
{
    g_autoptr(GPtrArray) people = people_sorted(shown->replay);
    Value *list = set_list(page, "people");
    for (guint i = 0; i < MIN(people->len, PEOPLE_SHOWN); i++) {
        const ReplayPerson *person = people->pdata[i];
        const ReplayTally *then = &person->tally[1];
        Value *row = add_object(list);
        set_copy(row, "subject", person->key);
        set_words(row, "url", add_address, context->mount, "/admin/person?subject=", person->key);
        set_words(row, "requests", words_add_number, person->requests);
        set_words(row, "now", words_add_number, stopped(&person->tally[0]));
        set_words(row, "then", words_add_number, stopped(then));
        set_words(row, "first", words_add_stamp_bare, then->first, shown->policy->zone);
        set_words(row, "last", words_add_stamp_bare, then->last, shown->policy->zone);
    }
    set_flag(page, "has_people", people->len);
    set_words(page, "more", words_add_number, people->len > PEOPLE_SHOWN ? (int64_t) people->len - PEOPLE_SHOWN : 0);
    set_flag(page, "has_more", people->len > PEOPLE_SHOWN);
}

static void set_days(Value *page, const WhatIfShown *shown)
{
    Value *list = set_list(page, "by_day");
    for (guint i = 0; i < shown->replay->days->len; i++) {
        const ReplayDay *day = &g_array_index(shown->replay->days, ReplayDay, i);
        Value *row = add_object(list);
        set_words(row, "day", words_add_day, day->start, shown->policy->zone, shown->until);
        set_words(row, "requests", words_add_number, day->requests);
        set_words(row, "now", words_add_number, day->stopped[0] + day->waited[0]);
        set_words(row, "then", words_add_number, day->stopped[1] + day->waited[1]);
    }
}

static void set_result(Value *page, const WhatIfShown *shown, const PageContext *context)
{
    const Replay *replay = shown->replay;
    set_world(page, replay, 0);
    set_world(page, replay, 1);
    set_words(page, "requests", words_add_number, replay->requests);
    set_flag(page, "any", replay->requests);
    set_words(page, "all_people", words_add_number, replay_people_counted(replay));
    set_flag(page, "sampled", shown->sampled);
    set_words(page, "most", words_add_number, shown->most);
    set_flag(page, "shared", shown->sampled && (!shown->limit || shown->limit->scope >= SCOPE_PLAN));
    set_flag(page, "alone", shown->to && shown->subject);
    set_flag(page, "cut", shown->cut);
    set_words(page, "told", words_add_number, replay->told);
    set_words(page, "agreed", words_add_number, replay->agreed);
    set_flag(page, "differs", replay->agreed < replay->told);
    set_people(page, shown, context);
    set_days(page, shown);
}

/* "/admin/change?what=plan&subject=ada&plan=pro", "/admin/bulk/new?what=plan&on_plan=free&plan=pro". */
static void add_move(GString *out, const WhatIfShown *shown, const char *mount)
{
    if (shown->subject)
        add_address(out, mount, "/admin/change?what=plan&subject=", shown->subject);
    else
        add_address(out, mount, "/admin/bulk/new?what=plan&on_plan=", shown->from_plan ? shown->from_plan->key : "");
    text_adds(out, "&plan=", shown->to->key);
}

/* "/admin/limit?limit=free/daily&amount=3": the change itself, with what was tried filled in. */
static void add_make(GString *out, const WhatIfShown *shown, const char *mount)
{
    static const char *const kept[] = {"amount", "window", "align", "scope", "mode"};
    g_string_append_printf(out, "%s/admin/limit?limit=%s/%s", mount, shown->plan->key, shown->limit->key);
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *typed = form_shown_of(shown->shown, shown->shown_count, kept[i]);
        if (!typed)
            continue;
        g_string_append_printf(out, "&%s=", kept[i]);
        g_string_append_uri_escaped(out, typed, NULL, FALSE);
    }
}

static void set_choices(Value *page, const WhatIfShown *shown)
{
    static const int days[DAYS_FORMS] = {7, 30, 90};
    Value *list = set_list(page, "days_choices");
    for (int i = 0; i < DAYS_FORMS; i++) {
        Value *one = add_object(list);
        set_taken(one, "days", g_strdup_printf("%d", days[i]));
        set_flag(one, "chosen", shown->days == days[i]);
    }
    form_add_typed(list, "days", "days", form_shown_of(shown->shown, shown->shown_count, "days"));
    Value *plans = set_list(page, "plans");
    for (int p = 0; p < shown->policy->plan_count; p++) {
        const Plan *plan = &shown->policy->plans[p];
        Value *one = add_object(plans);
        set_text(one, "title", plan->title);
        Value *limits = set_list(one, "limits");
        for (int i = 0; i < plan->limit_count; i++) {
            const Limit *limit = &plan->limits[i];
            if (limit->counts_only)
                continue;
            Value *row = add_object(limits);
            set_taken(row, "value", g_strconcat(plan->key, "/", limit->key, NULL));
            set_text(row, "key", limit->key);
            set_text(row, "feature", shown->policy->features[limit->feature].title);
            set_words(row, "gives", words_add_plan_limit, limit);
            set_flag(row, "chosen", plan == shown->plan && limit == shown->limit);
        }
    }
}

void set_words_of(Value *page, ValueKey key, const char *typed, const char *const *all, int count)
{
    Value *list = value_set(page, key, value_list(page));
    for (int i = 0; i < count; i++) {
        Value *one = add_object(list);
        set_text(one, "value", all[i]);
        set_flag(one, "chosen", g_strcmp0(typed, all[i]) == 0);
    }
    form_add_typed(list, "value", "value", typed);
}

void set_wrong(Value *page, const char *const *wrong)
{
    Value *list = set_list(page, "wrong");
    for (; wrong && *wrong; wrong++)
        set_text(add_object(list), "mistake", *wrong);
    set_flag(page, "is_wrong", list->first);
}

void set_limit_choices(Value *page, const FormShown *shown, int count, bool is_new)
{
    static const char *const scopes[] = {"subject", "organization", "plan", "site"};
    static const char *const modes[] = {"enforce", "shadow", "off"};
    static const char *const aligns[] = {"calendar", "anchor", "rolling"};
    set_words_of(page, KEY("scopes"), form_shown_of(shown, count, "scope"), scopes, G_N_ELEMENTS(scopes));
    set_flag(page, "is_new", is_new);
    set_words_of(page, KEY("modes"), form_shown_of(shown, count, "mode"), modes, G_N_ELEMENTS(modes));
    set_words_of(page, KEY("aligns"), form_shown_of(shown, count, "align"), aligns, G_N_ELEMENTS(aligns));
}

/* {value, title, chosen} for each plan. */
static void set_plan_choices(Value *page, ValueKey key, const WhatIfShown *shown, const Plan *chosen)
{
    Value *list = value_set(page, key, value_list(page));
    for (int i = 0; i < shown->policy->plan_count; i++) {
        Value *one = add_object(list);
        set_text(one, "value", shown->policy->plans[i].key);
        set_text(one, "title", shown->policy->plans[i].title);
        set_flag(one, "chosen", chosen && strcmp(chosen->key, shown->policy->plans[i].key) == 0);
    }
}

static void set_move(Value *page, const WhatIfShown *shown)
{
    set_flag(page, "moves", shown->to);
    set_text(page, "subject", shown->subject);
    set_text(page, "from_plan", shown->from_plan ? shown->from_plan->title : NULL);
    set_text(page, "to_plan", shown->to ? shown->to->title : NULL);
    set_plan_choices(page, KEY("from_plans"), shown, shown->from_plan);
    set_plan_choices(page, KEY("to_plans"), shown, shown->to);
}

Value *view_what_if(const WhatIfShown *shown, const PageContext *context)
{
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/what-if", NULL);
    set_number(page, "days", shown->days);
    set_text(page, "zone", shown->policy->zone);
    set_text(page, "plan", shown->plan ? shown->plan->title : NULL);
    set_text(page, "limit", shown->limit ? shown->limit->key : NULL);
    set_text(page, "feature", shown->limit ? shown->policy->features[shown->limit->feature].title : NULL);
    if (shown->limit)
        set_words(page, "gives", words_add_plan_limit, shown->limit);
    else
        set_null(page, "gives");
    set_text(page, "home", shown->home);
    set_wrong(page, shown->wrong);
    set_flag(page, "tried", shown->replay);
    set_flag(page, "may_change", shown->may_change);
    set_choices(page, shown);
    set_limit_choices(page, shown->shown, shown->shown_count, false);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    set_move(page, shown);
    if (shown->limit)
        set_words(page, "make_url", add_make, shown, context->mount);
    else if (shown->to)
        set_words(page, "make_url", add_move, shown, context->mount);
    else
        set_null(page, "make_url");
    if (shown->replay)
        set_result(page, shown, context);
    return page;
}

/* --- the same for programs --- */

static json_t *json_instant(Instant at)
{
    g_autofree char *text = instant_text(at);
    return text ? json_string(text) : json_null();
}

static json_t *world_json(const Replay *replay, int world)
{
    return json_pack("{s:I, s:I}", "stopped", (json_int_t) world_stopped(replay, world), "people_stopped",
                     (json_int_t) replay_people_stopped(replay, world));
}

json_t *view_what_if_json(const WhatIfShown *shown)
{
    json_t *json = json_pack("{s:i, s:o, s:o, s:b, s:s?, s:s?}", "days", shown->days, "from", json_instant(shown->from), "until",
                             json_instant(shown->until), "sampled", shown->sampled, "plan", shown->plan ? shown->plan->key : NULL, "limit",
                             shown->limit ? shown->limit->key : NULL);
    if (shown->to)
        json_object_set_new(json, "move", json_pack("{s:s?, s:s?, s:s}", "subject", shown->subject, "on_plan",
                                                    shown->from_plan ? shown->from_plan->key : NULL, "plan", shown->to->key));
    if (!shown->replay)
        return json;
    json_object_set_new(json, "requests", json_integer(shown->replay->requests));
    json_object_set_new(json, "people", json_integer(replay_people_counted(shown->replay)));
    json_object_set_new(json, "now", world_json(shown->replay, 0));
    json_object_set_new(json, "then", world_json(shown->replay, 1));
    json_t *list = json_array(), *days = json_array();
    g_autoptr(GPtrArray) people = people_sorted(shown->replay);
    for (guint i = 0; i < people->len; i++) {
        const ReplayPerson *person = people->pdata[i];
        const ReplayTally *then = &person->tally[1];
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "subject", person->key, "requests",
                                              (json_int_t) person->requests, "stopped", (json_int_t) stopped(&person->tally[0]),
                                              "would_be_stopped", (json_int_t) stopped(then), "newly", (json_int_t) then->newly, "relieved",
                                              (json_int_t) then->relieved, "first", json_instant(then->first), "last", json_instant(then->last)));
    }
    for (guint i = 0; i < shown->replay->days->len; i++) {
        const ReplayDay *day = &g_array_index(shown->replay->days, ReplayDay, i);
        json_array_append_new(days, json_pack("{s:o, s:I, s:I, s:I}", "start", json_instant(day->start), "requests", (json_int_t) day->requests,
                                              "stopped", (json_int_t) (day->stopped[0] + day->waited[0]), "would_be_stopped",
                                              (json_int_t) (day->stopped[1] + day->waited[1])));
    }
    json_object_set_new(json, "subjects", list);
    json_object_set_new(json, "by_day", days);
    return json;
}
