/* What commands that use the store share: opening it, and saying what went wrong. */
#ifndef WEBQUOTA_OPEN_H
#define WEBQUOTA_OPEN_H

#include "cli/cmd.h"
#include "store/admin.h"
#include "store/audit.h"
#include "base/parse.h"
#include "store/ledger.h"

/* The database of DATABASE_URL, or NULL after saying that it is not set. */
const char *cli_database(void);

/* The store over DATABASE_URL (WEBQUOTA_PREPARE=off: behind a pooler); NULL after saying why not. store_close it. */
Store *cli_store(void);

/* Who is doing this, for the audit: "cli:NAME" of the operating system's user. New string. */
char *cli_actor(void);

/* Says what is wrong on stderr ("webquota subject: plan: there is no plan x"), a field by the name of its option, and not where the sentence
 * begins with it or it is the command's name; returns the exit code for it. */
int cli_fail(const char *command, StoreResult result, const StoreError *error);

/* Is it for want of a policy, as none was applied yet, that the policy in force could not be read? */
bool cli_no_policy(const StoreError *error);

/* Is the person (NULL: nobody is named) known? True, too, where that cannot be told. */
bool cli_met(Store *store, const char *subject);
/* Says on stderr that something was made for somebody who was not: a misspelt name, perhaps. */
void cli_note_unmet(const char *command, const char *subject);

/* A usage complaint: "webquota window: TEXT", "try webquota window --help". Returns CMD_USAGE. */
int cli_usage(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

/* Reads options, GOption's way, with --help. On success *argv has only what is left (argv[0] stays).
 * Returns CMD_OK, CMD_USAGE after complaining, or -1 after --help was printed (exit 0). */
int cli_options(const char *command, const char *arguments, const char *summary, const GOptionEntry *entries, int *argc,
                char ***argv);

/* The exit code of a command that ended with `code`: CMD_NO, after saying why, where it was CMD_OK and what it printed is not all written. */
int cli_written(int code) MUST_CHECK;

/* Prints JSON, indented, with a newline. Takes over `value`. */
void cli_print_json(json_t *value);

#endif
