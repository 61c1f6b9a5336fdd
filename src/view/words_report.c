/* Reports: what they and their columns are called. */
#include "view/report.h"
#include "view/words_add.h"

const ReportShape report_shapes[] = {
    {"summary", "In short", NULL,
     {{"period", "Period", CELL_WORD}, {"requests", "Decisions", CELL_NUMBER}, {"allowed", "Allowed", CELL_NUMBER},
      {"refused", "Refused", CELL_NUMBER}, {"stopped", "By a limit", CELL_NUMBER}, {"active", "Active people", CELL_NUMBER},
      {"hit", "Who hit a limit", CELL_NUMBER}, {"hit_pct", "Share", CELL_PERCENT}, {"cost", "Cost", CELL_MONEY},
      {"cost_per_active", "Cost a person", CELL_MONEY}}},
    {"days", "Day by day", "Nothing was asked for.",
     {{"day", "Day", CELL_DAY}, {"allowed", "Allowed", CELL_NUMBER}, {"refused", "Refused", CELL_NUMBER},
      {"stopped", "By a limit", CELL_NUMBER}, {"active", "Active people", CELL_NUMBER}, {"hit", "Who hit a limit", CELL_NUMBER},
      {"hit_pct", "Share", CELL_PERCENT}, {"cost", "Cost", CELL_MONEY}}},
    {"near", "People near a limit", "Nobody is near a limit now.",
     {{"subject", "Person", CELL_PERSON}, {"organization", "Organization", CELL_TEXT}, {"feature", "Feature", CELL_FEATURE},
      {"limit", "Limit", CELL_TEXT}, {"used", "Used", CELL_NUMBER}, {"amount", "Of", CELL_NUMBER}, {"percent", "Share", CELL_PERCENT},
      {"until", "Until", CELL_TIME}}},
    {"plans", "Plans", "Nobody asked for anything.",
     {{"plan", "Plan", CELL_PLAN}, {"active", "Active people", CELL_NUMBER}, {"stopped", "Who hit a limit", CELL_NUMBER},
      {"hit_pct", "Share", CELL_PERCENT}, {"cost", "Cost", CELL_MONEY}, {"cost_per_active", "Cost a person", CELL_MONEY}}},
    {"use", "Use by feature and plan", "Nothing was asked for.",
     {{"feature", "Feature", CELL_FEATURE}, {"plan", "Plan", CELL_PLAN}, {"allowed", "Allowed", CELL_NUMBER},
      {"refused", "Refused", CELL_NUMBER}, {"stopped", "By a limit", CELL_NUMBER}, {"units", "Units", CELL_NUMBER},
      {"cost", "Cost", CELL_MONEY}}},
    {"spread", "How far people are in their limits", "Nobody has a limit of their own that they used.",
     {{"feature", "Feature", CELL_FEATURE}, {"limit", "Limit", CELL_TEXT}, {"to_20", "0–20 %", CELL_NUMBER},
      {"to_50", "21–50 %", CELL_NUMBER}, {"to_80", "51–80 %", CELL_NUMBER}, {"above_80", "81–100 %", CELL_NUMBER}}},
    {"people", "Who asks most", "Nobody asked for anything.",
     {{"subject", "Person", CELL_PERSON}, {"organization", "Organization", CELL_TEXT}, {"plan", "Plan", CELL_PLAN},
      {"requests", "Decisions", CELL_NUMBER}, {"refused", "Refused", CELL_NUMBER}}},
    {"organizations", "Organizations that ask most", "No organization asked for anything.",
     {{"organization", "Organization", CELL_TEXT}, {"requests", "Decisions", CELL_NUMBER}, {"refused", "Refused", CELL_NUMBER}}},
    {"queues", "Queues", "Nobody waited.",
     {{"feature", "Feature", CELL_FEATURE}, {"limit", "Limit", CELL_TEXT}, {"state", "State", CELL_WORD}, {"waiting", "Waiting", CELL_NUMBER},
      {"longest_wait_s", "First waits for", CELL_SPAN}, {"let_in", "Let in", CELL_NUMBER}, {"median_wait_s", "Half waited", CELL_SPAN},
      {"kept_pct", "Within the promise", CELL_PERCENT}}},
    {"requests", "Requests for more", "Nobody asked for more.",
     {{"kind", "Kind", CELL_WORD}, {"asked", "Asked", CELL_NUMBER}, {"after_refusal", "After a refusal", CELL_NUMBER},
      {"granted", "Granted", CELL_NUMBER}, {"denied", "Denied", CELL_NUMBER}, {"pending", "Waiting", CELL_NUMBER},
      {"granted_pct", "Granted share", CELL_PERCENT}}},
};

const ReportShape report_recommendations =
    {"recommendations", "Recommendations", "Nothing to recommend.",
     {{"kind", "What", CELL_WORD}, {"plan", "Plan", CELL_PLAN}, {"feature", "Feature", CELL_FEATURE}, {"limit", "Limit", CELL_TEXT},
      {"subject", "Person", CELL_PERSON}, {"amount", "Amount", CELL_NUMBER}, {"active", "Active people", CELL_NUMBER},
      {"reached", "Who reached it", CELL_NUMBER}, {"reached_pct", "Share", CELL_PERCENT}, {"refused", "Refused", CELL_NUMBER},
      {"units", "Units", CELL_NUMBER}, {"to_amount", "Try", CELL_NUMBER}, {"to_plan", "Better on", CELL_PLAN}}};

const int report_count = G_N_ELEMENTS(report_shapes);

void words_add_percent(GString *out, double percent)
{
    words_add_average(out, percent);
    text_add(out, "\u00a0%");
}

void words_add_money(GString *out, double amount, const char *currency)
{
    if (currency)
        text_adds(out, currency, "\u00a0");
    int64_t hundredths = (int64_t)(MIN(amount, (double)UNITS_MAX / 100) * 100 + 0.5);
    words_add_number(out, hundredths / 100);
    g_string_append_printf(out, ".%02d", (int)(hundredths % 100));
}

void words_add_none(GString *out)
{
    text_add(out, "–");
}

void words_add_report_word(GString *out, const char *word)
{
    static const char *const words[][2] = {{"upgrade", "Another plan"}, {"increase", "A higher limit"}, {"open", "Open"},
                                           {"paused", "Paused"}, {"closed", "Closed"}, {"today", "Today"}, {"7", "Last 7 days"},
                                           {"30", "Last 30 days"}, {"90", "Last 90 days"}, {"raise", "Raise"}, {"lower", "Lower"},
                                           {"downgrade", "A lower plan"}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i][0], word) == 0) {
            text_add(out, words[i][1]);
            return;
        }
    text_add(out, word);
}

void words_add_length(GString *out, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{24 * 3600, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}};
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(units) && seconds < 2 * units[i].seconds)
        i++;
    words_add_number(out, seconds / units[i].seconds);
    text_add(out, units[i].unit);
}

void words_add_people(GString *out, int64_t count)
{
    words_add_number(out, count);
    text_add(out, count == 1 ? " person" : " people");
}
