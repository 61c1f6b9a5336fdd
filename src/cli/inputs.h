/* Values of options, checked the same way in every command. Each complains as cli_usage does and says false
 * when the value is wrong; an option that was not given (NULL) is right and leaves *out alone. */
#ifndef WEBQUOTA_INPUTS_H
#define WEBQUOTA_INPUTS_H

#include "cli/open.h"
#include "domain/zone.h"

/* Texts of options in one array, numbered by the command's own enum, so that they are freed together. */
#define OPTION_TEXTS_MAX 32
typedef struct {
    char *of[OPTION_TEXTS_MAX];
} OptionTexts;
void option_texts_clear(OptionTexts *texts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OptionTexts, option_texts_clear)

/* Plain text of `least` (0 or 1) to `most` bytes. `name` is the option ("--plan") or what stands for it ("the subject"). */
bool cli_text(const char *command, const char *name, const char *text, size_t least, size_t most) MUST_CHECK;
bool cli_whole(const char *command, const char *name, const char *text, int64_t min, int64_t max, int64_t *out) MUST_CHECK;
/* A number more than 0, and at most max, in plain decimals, such as 1.5. */
bool cli_real(const char *command, const char *name, const char *text, double max, double *out) MUST_CHECK;
/* A time, or a date: a day of UTC, until cli_day has read it once more. */
bool cli_instant(const char *command, const char *name, const char *text, DayEdge edge, Instant *out) MUST_CHECK;

/* Reads what cli_instant took once more where it is a date: a day of the time zone of the policy in force (UTC where there is none
 * yet). CMD_OK, or the exit code after saying why not. */
int cli_day(Store *store, const char *command, const char *text, DayEdge edge, Instant *out) MUST_CHECK;

/* Of a command that needs it, --reason: 1 to REASON_MOST bytes, not blank. NULL is wrong, too. */
#define REASON_MOST 500
bool cli_reason(const char *command, const char *text) MUST_CHECK;

/* An option, whether it was given, and a bit for each verb of its command that knows it. */
typedef struct {
    const char *name;
    bool given;
    unsigned verbs;
} OptionFit;
/* False after complaining of the first that was given and is not for the verb, whose bit this is. */
bool cli_fit(const char *command, const char *verb, unsigned bit, const OptionFit *options, size_t count) MUST_CHECK;

/* Of --subject and --organization exactly one (`may_miss` false), or at most one (true); each 1 to 255 bytes. */
bool cli_owner(const char *command, const char *subject, const char *organization, bool may_miss) MUST_CHECK;

#endif
