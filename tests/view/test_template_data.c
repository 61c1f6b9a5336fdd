/* templates/data.json: what each page's template is given, put together of all its states. It is what `webquota template check`
 * knows of the data; here it is held to the views. GOLDEN=update writes it anew. And names in templates that nothing gives. */
#include "base/base.h"

#include <check.h>

#include "view/mustache_keys.h"
#include "view/page_states.h"
#include "view/value_json.h"

#define DATA "templates/data.json"

static json_t *joined(json_t *one, json_t *other);

static json_t *objects_joined(json_t *one, json_t *other)
{
    json_t *all = json_is_object(one) ? json_incref(one) : json_object(), *value;
    const char *key;
    json_object_foreach(other, key, value)
        json_object_set_new(all, key, joined(json_object_get(all, key), value));
    return all;
}

/* Both kept: members of objects, items of lists as one item; of two other values one that is not null. `one` may be NULL. New reference. */
static json_t *joined(json_t *one, json_t *other)
{
    if (json_is_array(other)) {
        json_t *item = json_is_array(one) && json_array_size(one) ? json_incref(json_array_get(one, 0)) : NULL, *next;
        for (size_t i = 0; i < json_array_size(other); i++) {
            next = joined(item, json_array_get(other, i));
            json_decref(item);
            item = next;
        }
        json_t *list = json_array();
        if (item)
            json_array_append_new(list, item);
        return list;
    }
    if (json_is_object(other))
        return objects_joined(one, other);
    if (one && !json_is_null(one))
        return json_incref(one);
    return json_is_null(other)     ? json_null()
           : json_is_boolean(other) ? json_true()
           : json_is_number(other)  ? json_integer(1)
                                    : json_string("text");
}

static json_t *shapes(void)
{
    json_t *pages = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(page_states); i++) {
        g_autoptr(Value) value = page_states[i].make();
        json_auto_t *json = value_to_json(value);
        json_object_set_new(pages, page_states[i].template, joined(json_object_get(pages, page_states[i].template), json));
    }
    return pages;
}

START_TEST(data_is_as_the_views_give_it)
{
    json_auto_t *pages = shapes();
    char *made = json_dumps(pages, JSON_INDENT(1) | JSON_SORT_KEYS);
    g_autofree char *text = g_strconcat(made, "\n", NULL), *kept = NULL;
    free(made);
    if (g_strcmp0(g_getenv("GOLDEN"), "update") == 0)
        ck_assert(g_file_set_contents(DATA, text, -1, NULL));
    ck_assert(g_file_get_contents(DATA, &kept, NULL, NULL));
    ck_assert_msg(strcmp(text, kept) == 0, DATA " is not what the views give any more: GOLDEN=update writes it anew");
}
END_TEST

/* --- names that nothing gives --- */

static Mustache *parsed(const char *text)
{
    g_autofree char *error = NULL;
    Mustache *mustache = mustache_parse(text, &error);
    ck_assert_msg(mustache, "%s", error);
    return mustache;
}

static const Mustache *one_partial(const char *name, void *data)
{
    return strcmp(name, "part") == 0 ? data : NULL;
}

static void tell(const KeyUse *use, void *out)
{
    g_string_append_printf(out, "%s:%d:%s ", use->template, use->line, use->name);
}

static void check(const char *text, const char *part, const char *expected)
{
    json_auto_t *json = json_loads("{\"title\": \"t\", \"page\": {\"site\": \"s\", \"zone\": null}, \"limits\": [{\"used\": 1, \"more\": []}]}", 0,
                                   NULL);
    g_autoptr(Value) shape = value_of_json(json);
    g_autoptr(Mustache) mustache = parsed(text), partial = parsed(part);
    g_autoptr(GString) found = g_string_new(NULL);
    KeyUses *uses = key_uses_new();
    key_uses_follow(uses, "t", mustache, shape, one_partial, partial);
    key_uses_unknown(uses, tell, found);
    key_uses_free(uses);
    ck_assert_str_eq(found->str, expected);
}

START_TEST(names_that_nothing_gives)
{
    check("{{title}} {{page.site}} {{#limits}}{{used}} {{title}}{{/limits}}", "", "");
    check("{{titel}}\n{{page.side}}\n{{#limits}}\n{{usd}}\n{{/limits}}\n{{used}}", "", "t:1:titel t:2:page.side t:4:usd t:6:used ");
    check("{{^title}}{{nothing}}{{/title}}{{#nowhere}}{{title}}{{/nowhere}}", "", "t:1:nothing t:1:nowhere ");
    check("{{#limits}}{{#more}}{{anything}}{{/more}}{{.}}{{/limits}}{{page.zone.anything}}", "", "");
    check("{{>part}}{{#limits}}{{>part}}{{/limits}}", "{{used}}\n{{usd}}", "part:2:usd ");
    check("{{>part}}", "{{>part}}{{used}}", "part:1:used ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("template data");
    TCase *tests = tcase_create("template data");
    tcase_add_test(tests, data_is_as_the_views_give_it);
    tcase_add_test(tests, names_that_nothing_gives);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
