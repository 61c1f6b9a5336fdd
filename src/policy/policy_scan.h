/* The plan of a policy file: which sections and options stand on which line. */
#ifndef WEBQUOTA_POLICY_SCAN_H
#define WEBQUOTA_POLICY_SCAN_H

#include "policy/policy_mistake.h"
#include "policy/policy_options.h"

typedef struct Entry Entry;
struct Entry {
    const cfg_opt_t *option; /* NULL: the file */
    char *path;              /* of a section: "plan free: limit monthly"; of the file: "" */
    char *title;             /* of a section with one; else NULL */
    int line;
    bool refused;            /* an option whose value must not be looked at: its mistake is on the list */
    bool cut;                /* a section in which the syntax broke off: what is missing may have followed */
    GArray *value_lines;     /* of an option: int for each value */
    GPtrArray *children;     /* of a section: Entry, in the file's order */
};

typedef struct {
    Entry *file;             /* only what is good: unknown and repeated entries are left out */
    char *clean;             /* the text for libConfuse: exactly the entries, on their lines */
    bool whole;              /* no mistake of syntax */
} Scan;

/* Scans the text, which is UTF-8. Appends unknown and repeated names, and the first mistake of syntax. */
Scan *policy_scan(const char *text, const char *file_name, GPtrArray *mistakes);
void scan_free(Scan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scan, scan_free)

/* The nth entry (from 0) of this name in a section, or NULL. */
const Entry *entry_child(const Entry *section, const char *name, unsigned nth);

#endif
