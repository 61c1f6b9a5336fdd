/* GET /admin/audit: what was changed, the newest first. */
#include "base/csv_put.h"
#include "base/json_write.h"
#include "view/view_admin.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* "/admin/audit.csv?subject=ada&before=12": what is asked for, and from where on; 0: from the newest. */
static void add_asked(GString *out, const AuditShown *shown, const char *mount, const char *path, int64_t before)
{
    char mark = '?';
    add_address(out, mount, path, NULL);
    for (int i = 0; i < shown->shown_count; i++) {
        const FormShown *one = &shown->shown[i];
        if (!one->typed || one->mistake != FORM_GOOD || strcmp(one->name, "before") == 0)
            continue;
        g_string_append_printf(out, "%c%s=", mark, one->name);
        g_string_append_uri_escaped(out, one->typed, NULL, FALSE);
        mark = '&';
    }
    if (before)
        g_string_append_printf(out, "%cbefore=%" PRId64, mark, before);
}

static void set_actions(Value *page, const char *asked)
{
    Value *actions = set_list(page, "actions");
    const char *action, *words;
    for (size_t i = 0; (words = words_audit_action_at(i, &action)); i++) {
        Value *one = add_object(actions);
        set_text(one, "key", action);
        set_text(one, "words", words);
        set_flag(one, "chosen", g_strcmp0(asked, action) == 0);
    }
    form_add_typed(actions, "key", "words", asked); /* one that has no words here */
}

static void set_entry(Value *row, const json_t *entry, const PageContext *context, const char *zone)
{
    const char *subject = text_of(entry, "subject"), *organization = text_of(entry, "organization");
    set_number(row, "entry", json_integer_value(json_object_get(entry, "entry")));
    set_text(row, "at", text_of(entry, "at"));
    set_words(row, "when", words_add_when, text_of(entry, "at"), zone);
    set_text(row, "actor", text_of(entry, "actor"));
    set_text(row, "origin", text_of(entry, "origin"));
    set_words(row, "what", words_add_audit_action, text_of(entry, "action"));
    set_text(row, "subject", subject);
    if (subject)
        set_words(row, "url", add_address, context->mount, "/admin/person?subject=", subject);
    else
        set_null(row, "url");
    set_text(row, "organization", organization);
    set_words(row, "old", words_add_audit_values, json_object_get(entry, "old"));
    set_words(row, "new", words_add_audit_values, json_object_get(entry, "new"));
    set_text(row, "reason", text_of(entry, "reason"));
}

Value *view_audit(const AuditShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    int64_t last = 0;
    size_t i;
    json_t *entry;
    bool asked = false;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "zone", zone);
    set_words(page, "here", add_address, context->mount, "/admin/audit", NULL);
    set_words(page, "csv_url", add_asked, shown, context->mount, "/admin/audit.csv", 0);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    set_actions(page, form_shown_of(shown->shown, shown->shown_count, "action"));
    for (int n = 0; n < shown->shown_count; n++)
        asked = asked || shown->shown[n].typed;
    set_flag(page, "asked", asked);
    Value *entries = set_list(page, "entries");
    json_array_foreach((json_t *) shown->list, i, entry) {
        set_entry(add_object(entries), entry, context, zone);
        last = json_integer_value(json_object_get(entry, "entry"));
    }
    set_flag(page, "any", i > 0);
    if (shown->more)
        set_words(page, "next", add_asked, shown, context->mount, "/admin/audit", last);
    else
        set_null(page, "next");
    set_words(page, "head", words_add_number, shown->head);
    set_text(page, "hash", shown->head ? shown->hash : NULL);
    return page;
}

static void put_values(GString *out, const json_t *values)
{
    char *text = json_write(values, JSON_COMPACT); /* NULL for null */
    csv_put_text(out, text);
    free(text);
}

void view_audit_csv(GString *out, const json_t *list)
{
    static const char *const columns[] = {"entry", "at", "actor", "origin", "action", "subject", "organization", "old", "new", "reason", "hash"};
    static const char *const texts[] = {"at", "actor", "origin", "action", "subject", "organization"};
    size_t i;
    json_t *entry;
    bool begins = out->len == 0;
    for (size_t n = 0; begins && n < G_N_ELEMENTS(columns); n++)
        csv_put_text(out, columns[n]);
    if (begins)
        csv_put_end(out);
    json_array_foreach((json_t *) list, i, entry) {
        csv_put_number(out, json_integer_value(json_object_get(entry, "entry")));
        for (size_t n = 0; n < G_N_ELEMENTS(texts); n++)
            csv_put_text(out, text_of(entry, texts[n]));
        put_values(out, json_object_get(entry, "old"));
        put_values(out, json_object_get(entry, "new"));
        csv_put_text(out, text_of(entry, "reason"));
        csv_put_text(out, text_of(entry, "hash"));
        csv_put_end(out);
    }
}
