/* What pages share: the layout's values, the person who reads, one limit as it is shown, and the offer
 * of more. Inside the view room. All results are new values in the tree that is given, for the caller to put in place. */
#ifndef WEBQUOTA_VIEW_PAGE_H
#define WEBQUOTA_VIEW_PAGE_H

#include "view/view.h"

/* Who reads the page; from a report or from an answer. Nothing owned. */
typedef struct {
    const Policy *policy;
    const Plan *plan;         /* NULL only where nothing is known (an error) */
    const char *organization; /* key; NULL when none */
    const char *zone;         /* of what belongs to no limit */
    const char *own_zone;     /* of the person; NULL: none is known, and times are in each limit's */
    const char *mount;
    bool anonymous, suspended;
    Instant now;
    const UsageLine *lines;   /* all that is known of the person's use, to tell their share in a pool */
    int line_count;
} Reader;

Reader reader_of_report(const UsageReport *report, const PageContext *context);
Reader reader_of_answer(const Answer *answer, const PageContext *context); /* its lines are for the caller to set */

/* Of a report on one feature: the tightest limit that may stop somebody, own ones before those further up; where the plan lacks
 * the feature, the line that says so. NULL: nothing stops anybody. (view_feature_page.c) */
const UsageLine *reader_tightest(const Reader *reader);

/* A page of administrators (words_admin.c): where it is, and its name in their navigation, for those of a role or more. Without
 * a name it belongs to the one before it. */
typedef struct {
    const char *path, *name;
    Role role;
} AdminPage;
extern const AdminPage admin_pages[];
extern const int admin_page_count;

/* The `page` of the layout. `title` names the thing that the page is about. `live`: the page brings itself up to
 * date. `zone` is the zone of the times on the page; NULL when there are none. */
Value *page_value(const Value *tree, const PageContext *context, const char *title, const char *zone, bool live);

/* For set_words. The address of a page of ours: mount + path + argument ("/limit/" + "message"; NULL: none). */
void add_address(GString *out, const char *mount, const char *path, const char *argument);

/* For set_words. Where those who have signed in ask for more of a feature; nothing for others, and for none. */
void add_request(GString *out, const PageContext *context, const Feature *feature);

/* For set_words. Where the reader signs in, and comes back from: by the policy; for pages of administrators ours in any case. Nothing
 * for those who have signed in, and where it is not known. */
void add_sign_in(GString *out, const PageContext *context);

/* For set_words. The address to go back to, with what may not stand in an address percent-encoded; nothing for NULL. */
void add_back(GString *out, const char *back);

/* A text with its dates apart, which a heading does not break: [{text, date}], the last without a date; nothing for NULL. */
Value *dated_value(const Value *tree, const char *text);

Value *plan_value(const Value *tree, const Plan *plan); /* {key, title, price}; null for NULL */

/* What differs between the two, for compare.html: `rows` and `has_rows`; none where `after` is NULL. (view_compare.c) */
void set_compared(Value *page, const UsageReport *before, const UsageReport *after);

/* --- one limit as people see it (view_line.c) --- */

/* How much a line asks for attention, in this order. Limits that stop nobody do not go beyond LOOK_WARNING. */
typedef enum { LOOK_UNLIMITED, LOOK_OK, LOOK_NOTICE, LOOK_WARNING, LOOK_EXHAUSTED, LOOK_NOT_INCLUDED } Look;
Look line_look(const UsageLine *line);
UsageState look_state(Look look);

/* The line with its times in the person's zone, where one is known. */
UsageLine reader_line(const Reader *reader, const UsageLine *line);

/* {state, state_word, icon: {ok, notice, ...}}: what the template state.html shows. */
Value *look_value(const Value *tree, Look look);

/* The fields of the API for the limit, and in `shown` all that the templates line.html, meter.html and
 * facts.html show. `under` is the feature whose card or page it stands on: its title is not repeated.
 * `approximate`: its sum is not known exactly. */
Value *line_value(const Value *tree, const UsageLine *line, const Feature *under, const Reader *reader, bool approximate);

/* What a policy that is to come changes for the reader, as coming.html shows it; null where it is nothing. (view_coming.c) */
Value *coming_value(const Value *tree, const Reader *reader, const UsageReport *report);

/* --- the offer of more (view_offer.c) --- */

/* Adds up to `most` of what the plan `to` gives more than the reader has, as gain.html shows it, one a feature; of limits and
 * features where another plan comes before it, nothing. Returns how many there are. */
int add_plan_gains(Value *gains, const Reader *reader, const Plan *to, int most);

/* One of {upgrade, support, ask, sign_in}, the others null; null when there is nothing to offer.
 * For visitors at most `most` examples of what signing in gives. */
Value *offer_value(const Value *tree, const Reader *reader, int most);

#endif
