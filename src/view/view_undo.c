/* What undoes a change: a change like any other, as an address and for programs. */
#include "view/view_granted.h"
#include "view/view_page.h"
#include "view/view_parts.h"

void undo_clear(Undo *undo)
{
    g_free(undo->was);
    g_free(undo->until);
    g_free(undo->then);
    *undo = (Undo){0};
}

Undo undo_of_plan(const UsageReport *before, const json_t *was)
{
    const Policy *policy = before->policy;
    int index = before->subject->anonymous ? policy->anonymous_plan : policy->default_plan;
    const char *until = text_of(was, "plan_until"), *then = text_of(was, "plan_after");
    if (until && !then && index >= 0)
        then = policy->plans[index].key; /* what follows where nothing is said */
    return (Undo){.possible = true, .kind = CHANGE_PLAN, .was = g_strdup(before->subject->plan->key), .until = g_strdup(until),
                  .then = until ? g_strdup(then) : NULL};
}

static const char *field_of(ChangeKind kind)
{
    return kind == CHANGE_PLAN ? "plan" : kind == CHANGE_ORGANIZATION ? "organization" : "id";
}

void undo_add_address(GString *out, const Undo *undo, const char *mount, const char *subject)
{
    if (!undo || !undo->possible)
        return;
    add_address(out, mount, "/admin/change?what=", change_word(undo->kind));
    add_address(out, "", "&subject=", subject);
    if (undo->was) {
        g_autofree char *name = g_strconcat("&", field_of(undo->kind), "=", NULL);
        add_address(out, "", name, undo->was);
    }
    if (undo->until)
        add_address(out, "", "&expires=", undo->until);
    if (undo->then)
        add_address(out, "", "&then=", undo->then);
}

json_t *undo_json(const Undo *undo, const char *subject)
{
    if (!undo->possible)
        return json_null();
    return json_pack("{s:s, s:s, s:s*, s:s*, s:s*}", "what", change_word(undo->kind), "subject", subject, field_of(undo->kind), undo->was,
                     "expires", undo->until, "then", undo->then);
}

void granted_add_undo(GString *out, const Granted *granted, const char *mount)
{
    const Undo *undo = &granted->undo;
    if (!undo->possible || !granted->organization) {
        undo_add_address(out, granted->subject ? undo : NULL, mount, granted->subject);
        return;
    }
    add_address(out, mount, "/admin/organization/change?what=", change_word(undo->kind));
    add_address(out, "", "&organization=", granted->organization);
    add_address(out, "", "&id=", undo->was);
}
