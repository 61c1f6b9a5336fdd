/* A bulk as a form or JSON says it: whom, and what is to be made of each, read and checked. Shared by its pages and the API. */
#ifndef WEBQUOTA_BULK_FORM_H
#define WEBQUOTA_BULK_FORM_H

#include "store/bulk.h"
#include "web/call.h"
#include "web/form.h"
#include "web/people_asked.h"

enum { BULK_F_WHAT, BULK_F_FEATURE, BULK_F_LIMIT, BULK_F_KIND, BULK_F_AMOUNT, BULK_F_MULTIPLIER, BULK_F_EXPIRES_AT, BULK_F_PLAN, BULK_F_THEN,
       BULK_F_REASON, BULK_F_PEOPLE, BULK_F_SEEN, BULK_F_ONCE, BULK_F_CONFIRM, BULK_F_DRY_RUN, BULK_FIELDS };
extern const InputField bulk_fields[BULK_FIELDS];

typedef struct {
    BulkAsk ask;               /* points into the rest */
    PeopleSought sought;       /* by bulk_form_who */
    BulkFound found;           /* by bulk_form_look */
    FormShown shown[BULK_FIELDS];
    InputValue values[BULK_FIELDS];
} BulkForm;
BulkForm *bulk_form_new(void);
void bulk_form_free(void *form); /* a BulkForm; NULL: nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BulkForm, bulk_form_free)

/* Whom it is about, from an address or a form, and what, from what is shown. False: answered already. */
bool bulk_form_who(Call *call, const Query *from, BulkForm *form) MUST_CHECK;
/* Is it a member that says whom? */
bool bulk_form_says_whom(const char *name);

/* Is what was filled in good? What is wrong is marked in `shown`. After bulk_form_who. */
bool bulk_form_is_good(Call *call, BulkForm *form) MUST_CHECK;

/* Says to a program what is marked first. */
void bulk_form_mistakes(Call *call, const BulkForm *form);

/* Whom it finds, who must not be too many; it reads for seconds (call_slow_read). False: answered already. */
bool bulk_form_look(Call *call, BulkForm *form) MUST_CHECK;

/* Are those found the ones who were seen before, as far as the form says who that was? NULL: they are; else the field that says otherwise. */
const char *bulk_form_differs(const BulkForm *form);

/* Makes it of those found. */
StoreResult bulk_form_make(Call *call, const BulkForm *form, json_t **bulk, StoreError *error) MUST_CHECK;

#endif
