/* A bulk as a form or JSON says it: whom, and what is to be made of each, read and checked. Shared by its pages and the API. */
#ifndef WEBQUOTA_BULK_FORM_H
#define WEBQUOTA_BULK_FORM_H

#include "store/bulk.h"
#include "web/call.h"
#include "web/form.h"

enum { BULK_F_WHAT, BULK_F_Q, BULK_F_FILTER, BULK_F_ON_PLAN, BULK_F_FEATURE, BULK_F_LIMIT, BULK_F_KIND, BULK_F_AMOUNT, BULK_F_MULTIPLIER,
       BULK_F_EXPIRES_AT, BULK_F_PLAN, BULK_F_THEN, BULK_F_REASON, BULK_F_PEOPLE, BULK_F_ONCE, BULK_F_CONFIRM, BULK_F_DRY_RUN, BULK_FIELDS };
extern const InputField bulk_fields[BULK_FIELDS];

typedef struct {
    BulkAsk ask;               /* points into the rest */
    BulkFound found;           /* by bulk_form_look */
    FormShown shown[BULK_FIELDS];
    InputValue values[BULK_FIELDS];
} BulkForm;
void bulk_form_clear(BulkForm *form);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BulkForm, bulk_form_clear)

/* Whom and what it is about, from what is shown. False: answered already. */
bool bulk_form_who(Call *call, BulkForm *form) MUST_CHECK;

/* Is what was filled in good? What is wrong is marked in `shown`. After bulk_form_who. */
bool bulk_form_is_good(Call *call, BulkForm *form) MUST_CHECK;

/* Says to a program what is marked first. */
void bulk_form_mistakes(Call *call, const BulkForm *form);

/* Whom it finds, who must be somebody and not too many. False: answered already. */
bool bulk_form_look(Call *call, BulkForm *form) MUST_CHECK;

/* What it would come to: {dry_run: true, what, people, changed, first}. */
json_t *bulk_form_json(const BulkForm *form);

#endif
