/* The words for what is in the audit. */
#include "view/view_admin.h"
#include "view/words_add.h"

static const struct {
    const char *action, *words;
} actions[] = {
    {"override.add", "Override added"},
    {"override.remove", "Override removed"},
    {"override.restore", "Override brought back"},
    {"grant.add", "Bonus given"},
    {"grant.remove", "Bonus removed"},
    {"grant.restore", "Bonus brought back"},
    {"decision.refund", "Units given back"},
    {"usage.reset", "Use reset"},
    {"usage.restore", "A reset taken back"},
    {"subject.create", "Person added"},
    {"subject.update", "Person changed"},
    {"organization.owner", "Owner of an organization set"},
    {"request.approve", "Request approved"},
    {"request.deny", "Request denied"},
    {"approval.ask", "Asked to be approved"},
    {"approval.approve", "Approved as asked"},
    {"approval.deny", "Denied as asked"},
    {"bulk.run", "Many people changed at once"},
    {"bulk.stop", "Changing many people stopped"},
    {"bulk.undo", "A change of many people undone"},
    {"queue.set", "Queue opened or stopped"},
    {"ticket.move-up", "Moved up in a queue"},
    {"ticket.move-back", "Moved back in a queue"},
    {"ticket.admit", "Let in from a queue"},
    {"ticket.drop", "Taken out of a queue"},
    {"policy.apply", "Policy applied"},
    {"policy.schedule", "Policy scheduled"},
    {"policy.cancel", "Scheduled policy cancelled"},
    {"policy.overtaken", "Scheduled policy dropped: another came first"},
    {"policy.failed", "Scheduled policy could not come into force"},
    {"thresholds.set", "Thresholds of alerts set"},
    {"key.create", "API key created"},
    {"key.revoke", "API key revoked"},
    {"account.add", "Account added"},
    {"account.password", "Password changed"},
    {"account.role", "Role changed"},
    {"account.remove", "Account removed"},
    {"account.suspend", "Account suspended"},
    {"account.resume", "Account unlocked"},
    {"factor.on", "Codes to sign in set up"},
    {"factor.off", "Codes to sign in turned off"},
    {"factor.reset", "Codes to sign in reset"},
    {"factor.recovery", "Recovery code used"},
    {"sessions.end", "Signed out everywhere"},
    {"session.end", "Session ended"},
    {"view.begin", "Pages seen as they see them"},
};

const char *words_audit_action_at(size_t i, const char **action)
{
    *action = i < G_N_ELEMENTS(actions) ? actions[i].action : NULL;
    return *action ? actions[i].words : NULL;
}

void words_add_audit_action(GString *out, const char *action)
{
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
        if (strcmp(actions[i].action, action) == 0)
            action = actions[i].words;
    text_add(out, action);
}

static void add_value(GString *out, const json_t *value)
{
    if (json_is_string(value)) {
        text_add(out, json_string_value(value));
    } else if (json_is_integer(value)) {
        words_add_number(out, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        text_add(out, json_is_true(value) ? "yes" : "no");
    } else if (json_is_null(value)) {
        text_add(out, "none");
    } else {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
        text_add(out, text);
        free(text);
    }
}

/* "enforce, read": the scopes of an API key, kept as bits in their order. */
static void add_scopes(GString *out, json_int_t bits)
{
    static const char *const scopes[] = {"enforce", "read", "admin"};
    bool any = false;
    for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++)
        if (bits & (1 << i)) {
            g_string_append_printf(out, "%s%s", any ? ", " : "", scopes[i]);
            any = true;
        }
}

void words_add_audit_values(GString *out, const json_t *values)
{
    const char *name;
    json_t *value;
    bool any = false;
    json_object_foreach((json_t *) values, name, value) {
        if (any)
            text_add(out, ", ");
        for (const char *at = name; *at; at++)
            g_string_append_c(out, *at == '_' ? ' ' : *at);
        text_add(out, ": ");
        if (strcmp(name, "scopes") == 0 && json_is_integer(value))
            add_scopes(out, json_integer_value(value));
        else
            add_value(out, value);
        any = true;
    }
}
