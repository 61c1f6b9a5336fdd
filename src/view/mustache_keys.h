/* Which names in a template nothing gives: for people who change templates. Pure. */
#ifndef WEBQUOTA_MUSTACHE_KEYS_H
#define WEBQUOTA_MUSTACHE_KEYS_H

#include "view/mustache.h"

typedef struct {
    char *template; /* the partial that it stands in */
    int line;
    char *name;     /* as written: "page.site" */
    bool known;     /* somewhere that the partial is shown */
} KeyUse;

/* What was found so far, over any number of templates. */
typedef struct KeyUses KeyUses;
KeyUses *key_uses_new(void);
void key_uses_free(KeyUses *uses);

/* Follows the template `name` through both sides of every section and into its partials, and notes each name in it: is it in
 * `shape`, a value as the template gets it, in which lists have one item with all that items may have? Where the shape has
 * null, or an empty list, all may be: nothing is complained of there. A partial that is known already in the same place is
 * followed again, up to MUSTACHE_PARTIAL_DEPTH_MAX. */
void key_uses_follow(KeyUses *uses, const char *name, const Mustache *mustache, const Value *shape, MustachePartial partial,
                     void *data);

/* Calls `visit` for each name that is known nowhere, in the order of template and line. Returns how many there are. */
int key_uses_unknown(const KeyUses *uses, void (*visit)(const KeyUse *use, void *data), void *data);

#endif
