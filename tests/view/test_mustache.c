/* Mustache: what each tag renders, the whitespace around it, what is refused, what is bounded; and the
 * templates of a project over it. */
#include <check.h>
#include <pthread.h>

#include "view/mustache.h"
#include "view/templates.h"
#include "view/value_json.h"

/* ---- Rendering one template ---- */

typedef struct {
    const char *template;
    const char *data; /* JSON; single quotes stand for double ones */
    const char *expected;
} Case;

/* Partials by name: name, text, name, text, ..., NULL. */
typedef struct {
    const char *const *texts;
    GHashTable *parsed;
} Shelf;

static void mustache_destroy(void *mustache)
{
    mustache_free(mustache);
}

static const Mustache *shelf_find(const char *name, void *data)
{
    Shelf *shelf = data;
    Mustache *mustache = g_hash_table_lookup(shelf->parsed, name);
    for (const char *const *text = shelf->texts; !mustache && *text; text += 2)
        if (strcmp(text[0], name) == 0) {
            char *error = NULL;
            mustache = mustache_parse(text[1], &error);
            ck_assert_msg(mustache != NULL, "partial %s: %s", name, error);
            g_hash_table_insert(shelf->parsed, g_strdup(name), mustache);
        }
    return mustache;
}

static Value *value_of(const char *text)
{
    g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
    json_error_t error;
    json_auto_t *data = json_loads(quoted, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    ck_assert_msg(data != NULL, "%s: %s", quoted, error.text);
    return value_of_json(data);
}

/* The rendering, or "! " and the error of parsing or rendering. New string. */
static char *rendered(const char *template, const char *data, const char *const *partials)
{
    char *error = NULL;
    g_autoptr(Mustache) mustache = mustache_parse(template, &error);
    g_autoptr(GString) out = g_string_new(NULL);
    if (mustache) {
        g_autoptr(Value) value = value_of(data);
        static const char *const none[] = {NULL};
        Shelf shelf = {.texts = partials ? partials : none};
        shelf.parsed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mustache_destroy);
        bool done = mustache_render(mustache, value, partials ? shelf_find : NULL, &shelf, out, &error);
        g_hash_table_unref(shelf.parsed);
        ck_assert(done == !error);
    }
    if (!error)
        return g_strdup(out->str);
    ck_assert_uint_eq(out->len, 0);
    g_autofree char *message = error;
    return g_strconcat("! ", message, NULL);
}

static void check_case(const char *template, const char *data, const char *const *partials, const char *expected)
{
    g_autofree char *got = rendered(template, data, partials);
    ck_assert_msg(strcmp(got, expected) == 0, "template: %s\n  data: %s\n  want: %s\n   got: %s", template, data, expected,
                  got);
}

#define CHECK_CASES(cases) \
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) \
    check_case((cases)[i].template, (cases)[i].data, NULL, (cases)[i].expected)

START_TEST(comments)
{
    static const Case cases[] = {
        {"one{{! two }}three", "{}", "onethree"},
        {"a\n  {{! a line of its own }}  \nb\n", "{}", "a\nb\n"},
        {"a\n{{!\n several\n lines }}\nb", "{}", "a\nb"},
        {"a {{!\n }} b\n", "{}", "a  b\n"},
        {"{{!x}}{{!y}}\n", "{}", "\n"},
        {"{{!}}", "{}", ""},
        {"{{! {{ # / = }}", "{}", ""},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(variables)
{
    static const Case cases[] = {
        {"{{left}} left of {{ amount }}.", "{'left': 10, 'amount': 15}", "10 left of 15."},
        {"{{a}}|{{{a}}}|{{&a}}|{{ & a }}|{{{ a }}}", "{'a': '<\\u0027&>'}", "&lt;&#39;&amp;&gt;|<'&>|<'&>|<'&>|<'&>"},
        {"{{\n  a\n}}", "{'a': 1}", "1"},
        {"[{{nothing}}{{null}}]", "{'null': null}", "[]"},
        {"{{yes}} {{no}}", "{'yes': true, 'no': false}", "true false"},
        {"{{{list}}} {{object}}", "{'list': [1, 'a'], 'object': {'k': 0.1}}", "[1,\"a\"] {&quot;k&quot;:0.1}"},
        {"{ {a} } {{a}}} }}", "{'a': 1}", "{ {a} } 1} }}"},
        {"{{a}}{{b}}", "{'a': '{{b}}', 'b': 'x'}", "{{b}}x"},
        {"{{ö-1}}", "{'ö-1': '√'}", "√"},
        {"{{.}}", "'<b>'", "&lt;b&gt;"},
        {"{{&.}}", "'<b>'", "<b>"},
        {"{{x}}", "[1]", ""},
        {"", "{}", ""},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(numbers_as_in_javascript)
{
    static const char *const numbers[][2] = {
        {"0", "0"}, {"-0", "0"}, {"0.0", "0"}, {"-0.0", "0"}, {"7.0", "7"}, {"100.0", "100"}, {"-12", "-12"},
        {"2.5", "2.5"}, {"-0.125", "-0.125"}, {"0.30000000000000004", "0.30000000000000004"}, {"0.1", "0.1"},
        {"9007199254740991", "9007199254740991"}, {"1e20", "100000000000000000000"}, {"1e21", "1e+21"},
        {"1.5e300", "1.5e+300"}, {"0.000001", "0.000001"}, {"0.0000015", "0.0000015"}, {"1e-7", "1e-7"},
        {"-2.5e-7", "-2.5e-7"}, {"5e-324", "5e-324"}, {"1.7976931348623157e308", "1.7976931348623157e+308"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        check_case("{{.}}", numbers[i][0], NULL, numbers[i][1]);
}
END_TEST

START_TEST(dotted_names)
{
    static const Case cases[] = {
        {"{{plan.limit.amount}}", "{'plan': {'limit': {'amount': 3}}}", "3"},
        {"[{{plan.limit.amount}}{{plan.limit}}]", "{'plan': {}}", "[]"},
        {"[{{plan.limit}}]", "{'plan': 5}", "[]"},
        {"[{{a.b}}]", "{'a.b': 1}", "[]"},
        /* The first name decides where the others are looked for. */
        {"{{#in}}[{{a.b}}]{{/in}}", "{'in': {'a': {}}, 'a': {'b': 'outer'}}", "[]"},
        {"{{#in}}[{{a.b}}]{{/in}}", "{'in': {'a': null}, 'a': {'b': 'outer'}}", "[]"},
        {"{{#in}}[{{a.b}}]{{/in}}", "{'in': {'b': 'inner'}, 'a': {'b': 'outer'}}", "[outer]"},
        {"{{#a.b}}{{c}}{{/a.b}}", "{'a': {'b': [{'c': 1}, {'c': 2}]}}", "12"},
        {"{{^a.b}}none{{/a.b}}", "{'a': {}}", "none"},
        {"{{#a.b.c}}{{#a.b}}x{{/a.b}}{{/a.b.c}}", "{'a': {'b': {'c': 1}}}", "x"},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(sections)
{
    static const Case cases[] = {
        {"{{#limit}}{{used}} of {{amount}} {{unit}}{{/limit}}", "{'limit': {'used': 1, 'amount': 2}, 'unit': 'calls'}",
         "1 of 2 calls"},
        {"{{#l}}<{{.}}>{{/l}}", "{'l': [1, null, 'b', false]}", "<1><><b><false>"},
        {"{{#l}}{{a}}{{#l}}{{a}}{{/l}};{{/l}}", "{'l': [{'a': 1}, {'a': 2}]}", "112;212;"},
        {"{{#l}}{{#.}}{{.}},{{/.}};{{/l}}", "{'l': [[1, 2], [], [3]]}", "1,2,;;3,;"},
        {"{{#.}}{{x}}{{/.}}", "[{'x': 1}, {'x': 2}]", "12"},
        {"{{#l}}{{a}}{{/l}}", "{'a': 'outer', 'l': [{'a': null}, {}]}", "outer"},
        {"{{#s}}{{s}}={{.}}{{/s}}", "{'s': 'x'}", "x=x"},
        {"{{# s }}{{/ s}}{{ #s }}y{{ /s }}", "{'s': true}", "y"},
        {"{{#a}}{{#b}}{{#c}}{{x}}{{y}}{{z}}{{/c}}{{/b}}{{/a}}", "{'a': {'x': 1}, 'b': {'y': 2}, 'c': {'z': 3}}", "123"},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(truth)
{
    static const struct {
        const char *value;
        bool is_truthy;
    } values[] = {
        {"null", false}, {"false", false}, {"[]", false}, {"''", false}, {"true", true}, {"0", true}, {"0.0", true},
        {"1", true}, {"'0'", true}, {"' '", true}, {"'\\u0000'", true}, {"{}", true}, {"[null]", true}, {"[[]]", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *data = g_strdup_printf("{'v': %s}", values[i].value);
        check_case("{{#v}}yes{{/v}}{{^v}}no{{/v}}", data, NULL, values[i].is_truthy ? "yes" : "no");
    }
    check_case("{{#v}}yes{{/v}}{{^v}}no{{/v}}", "{}", NULL, "no");
}
END_TEST

START_TEST(inverted)
{
    static const Case cases[] = {
        {"{{^limits}}No limits.{{/limits}}", "{'limits': []}", "No limits."},
        {"{{^a}}{{^b}}{{c}}{{/b}}{{/a}}", "{'c': 'neither'}", "neither"},
        {"{{^a}}{{#b}}{{.}}{{/b}}{{/a}}", "{'b': [1, 2]}", "12"},
        {"{{^a}}\nno\n{{/a}}\n{{#a}}\nyes\n{{/a}}\n", "{'a': 1}", "yes\n"},
        {"{{#o}}{{^a}}{{.}}{{/a}}{{/o}}", "{'o': 'it'}", "it"},
        {"{{#o}}{{^a}}{{.}}{{/a}}{{/o}}", "{'o': 'it', 'a': false}", "it"},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(delimiters)
{
    static const Case cases[] = {
        {"{{=<? ?>=}}<?a?> {{a}}<?={{ }}=?> {{a}}", "{'a': 1}", "1 {{a}} 1"},
        {"{{= | | =}}|#a||.|,|/a|", "{'a': [1, 2]}", "1,2,"},
        {"{{#a}}{{=[ ]=}}[.][/a]{{.}}", "{'a': 1}", "1{{.}}"},
        {"a\n {{=[ ]=}} \n[&a][{a}]", "{'a': '<'}", "a\n<<"},
        {"{{=\n<\n>\n=}}<a>", "{'a': 1}", "1"},
        {"{{={{{{ }}}}=}}{{a}}{{{{a}}}}", "{'a': 1}", "{{a}}1"},
    };
    CHECK_CASES(cases);
}
END_TEST

START_TEST(lines_of_their_own)
{
    static const Case cases[] = {
        {"<ul>\n  {{#l}}\n  <li>{{.}}</li>\n  {{/l}}\n</ul>\n", "{'l': [1, 2]}",
         "<ul>\n  <li>1</li>\n  <li>2</li>\n</ul>\n"},
        {"a\r\n{{#t}}\r\nb\r\n{{/t}}\r\nc\r\n", "{'t': true}", "a\r\nb\r\nc\r\n"},
        {"{{#t}}\t\nb\n \t{{/t}}", "{'t': true}", "b\n"},
        {"{{#t}} {{/t}}\n", "{'t': true}", " \n"},
        {"{{#t}}\n{{/t}} x\n", "{'t': true}", " x\n"},
        {"x {{#t}}\n{{/t}}\n", "{'t': true}", "x \n"},
        {"{{#t}}\rb{{/t}}", "{'t': true}", "\rb"},
        {"{{!x}}\r", "{}", "\r"},
        {"  {{a}}\n  {{{a}}}\n  {{&a}}\n", "{}", "  \n  \n  \n"},
        {"{{#t}}\n{{#t}}\n{{! x }}\n{{/t}}\n{{/t}}\n", "{'t': true}", ""},
        {"\v{{#t}}\n{{/t}}", "{'t': true}", "\v\n"},
    };
    CHECK_CASES(cases);
}
END_TEST

/* ---- Partials ---- */

START_TEST(partials)
{
    static const char *const shelf[] = {
        "name", "[{{a}}]", "loop", "{{n}}{{#next}}>{{>loop}}{{/next}}", "bars", "{{a}}|{{=| |=}}|a|", "empty", "", NULL,
    };
    check_case("{{>name}} {{> name }}{{>missing}}{{>empty}}.", "{'a': '<'}", shelf, "[&lt;] [&lt;].");
    check_case("{{#l}}{{>name}}{{/l}}", "{'a': 0, 'l': [{'a': 1}, {}]}", shelf, "[1][0]");
    check_case("{{>loop}}", "{'n': 1, 'next': {'n': 2, 'next': {'n': 3, 'next': false}}}", shelf, "1>2>3");
    check_case("{{>bars}} {{a}}", "{'a': 1}", shelf, "1|1 1");
    check_case("{{=| |=}}|>name| {{a}}", "{'a': 1}", shelf, "[1] {{a}}");
    check_case("a{{>name}}b", "{}", NULL, "ab");
}
END_TEST

START_TEST(indentation)
{
    static const char *const shelf[] = {
        "lines", "a\n\nb\n", "crlf", "a\r\n\r\nb", "value", "{{{v}}}\n", "tags", "{{#t}}\n{{a}}{{!c}}\n{{/t}}\n  {{a}}\n",
        "outer", "o\n {{>lines}}\n{{>inline}}\n", "inline", "x\ny", "mid", "m {{>inline}}\n",
        "items", "{{#l}}{{.}}\n{{/l}}\n", "last", "a{{#t}}\nb{{/t}}", "end", "x\n{{#t}}y\n{{/t}} z\n", NULL,
    };
    check_case("<\n  {{>lines}}\n>", "{}", shelf, "<\n  a\n\n  b\n>");
    check_case("  {{>crlf}}\n>", "{}", shelf, "  a\r\n\r\n  b>");
    check_case("\t{{>value}}\n", "{'v': '1\\n2'}", shelf, "\t1\n2\n");
    check_case("  {{>tags}}\n", "{'t': true, 'a': 1}", shelf, "  1\n    1\n");
    check_case("  {{>outer}}\n.", "{}", shelf, "  o\n   a\n\n   b\n  x\n  y.");
    check_case("  {{>mid}}\n", "{}", shelf, "  m x\ny\n");
    check_case("{{a}}  {{>lines}}\n", "{}", shelf, "  a\n\nb\n\n");
    check_case("  {{>items}}\n", "{'l': [1, 2]}", shelf, "  1\n2\n");
    check_case("  {{>last}}\n", "{'t': true}", shelf, "  a\n  b");
    check_case("  {{>end}}\n", "{'t': true}", shelf, "  x\n  y\n   z\n");
    check_case("  {{>lines}}\n{{>lines}}\n", "{}", shelf, "  a\n\n  b\na\n\nb\n");
}
END_TEST

/* ---- What is refused ---- */

START_TEST(mistakes_have_lines)
{
    static const Case cases[] = {
        {"a\n{{b", "{}", "! line 2: tag \"{{b\" is not closed"},
        {"a\n{{b}\n}", "{}", "! line 2: tag \"{{b}\" is not closed"},
        {"{{{b}}", "{}", "! line 1: tag \"{{{b}}\" is not closed"},
        {"{{=<% %>}}", "{}", "! line 1: tag \"{{=<% %>}}\" is not closed"},
        {"a\r\n\r\n{{!\n}}{{#x}}\nb", "{}", "! line 4: section \"x\" is not closed"},
        {"{{#x}}\n{{^y.z}}\n{{/y.z}}\n", "{}", "! line 1: section \"x\" is not closed"},
        {"{{#x}}\n{{^y.z}}\n", "{}", "! line 2: section \"y.z\" is not closed"},
        {"\n\n{{/x}}", "{}", "! line 3: section \"x\" is closed but was not opened"},
        {"{{#a.b}}\n{{#c}}\n{{/a.b}}", "{}", "! line 3: section \"c\" of line 2 is not closed before \"a.b\""},
        {"{{#ab}}{{/a}}", "{}", "! line 1: section \"ab\" of line 1 is not closed before \"a\""},
        {"{{#ab}}{{/ac}}", "{}", "! line 1: section \"ab\" of line 1 is not closed before \"ac\""},
        {"{{}}", "{}", "! line 1: tag has no name"},
        {"\n{{#  }}", "{}", "! line 2: tag has no name"},
        {"{{>}}", "{}", "! line 1: tag has no name"},
        {"{{if x}}", "{}", "! line 1: name \"if x\" has a blank in it"},
        {"{{..}}", "{}", "! line 1: name \"..\" has an empty part"},
        {"{{a..b}}", "{}", "! line 1: name \"a..b\" has an empty part"},
        {"{{#a.}}{{/a.}}", "{}", "! line 1: name \"a.\" has an empty part"},
        {"{{=<%=}}", "{}", "! line 1: delimiters must be two words without \"=\" in them"},
        {"\n{{==}}", "{}", "! line 2: delimiters must be two words without \"=\" in them"},
        {"{{=a b c=}}", "{}", "! line 1: delimiters must be two words without \"=\" in them"},
        {"{{=a= b=}}", "{}", "! line 1: delimiters must be two words without \"=\" in them"},
        {"{{123456789012345678901234567890123456789012", "{}",
         "! line 1: tag \"{{12345678901234567890123456789012345678\" is not closed"},
        {"{{#\xc3(}}", "{}", "! line 1: section \"\xef\xbf\xbd(\" is not closed"},
    };
    CHECK_CASES(cases);
}
END_TEST

static char *repeated(const char *text, int times)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; i < times; i++)
        g_string_append(out, text);
    return g_string_free(out, FALSE);
}

START_TEST(sections_have_a_depth)
{
    for (int depth = MUSTACHE_SECTION_DEPTH_MAX; depth <= MUSTACHE_SECTION_DEPTH_MAX + 1; depth++) {
        g_autofree char *opened = repeated("{{#a}}", depth), *closed = repeated("{{/a}}", depth);
        g_autofree char *template = g_strconcat("\n", opened, ".", closed, NULL);
        check_case(template, "{'a': 1}", NULL,
                   depth <= MUSTACHE_SECTION_DEPTH_MAX ? "\n." : "! line 2: sections are nested deeper than 100");
    }
    g_autofree char *next_to_each_other = repeated("{{#a}}{{/a}}", 1000);
    check_case(next_to_each_other, "{'a': 1}", NULL, "");
}
END_TEST

START_TEST(partials_have_a_depth)
{
    static const char *const shelf[] = {"a", "x{{>b}}", "b", "{{#t}}{{>a}}{{/t}}", "n", "{{#next}}.{{>n}}{{/next}}", NULL};
    check_case("{{>a}}", "{'t': 1}", shelf, "! partials are nested deeper than 64, in \"a\"");
    check_case("{{>a}}", "{}", shelf, "x");

    for (int depth = MUSTACHE_PARTIAL_DEPTH_MAX; depth <= MUSTACHE_PARTIAL_DEPTH_MAX + 1; depth++) {
        g_autofree char *opened = repeated("{'next': ", depth), *closed = repeated("}", depth);
        g_autofree char *data = g_strconcat(opened, "null", closed, NULL);
        g_autofree char *dots = repeated(".", depth - 1);
        check_case("{{>n}}", data, shelf,
                   depth <= MUSTACHE_PARTIAL_DEPTH_MAX ? dots : "! partials are nested deeper than 64, in \"n\"");
    }
    /* Many, but not within each other. */
    g_autofree char *template = repeated("{{>a}}", 100), *expected = repeated("x", 100);
    check_case(template, "{}", shelf, expected);
}
END_TEST

START_TEST(size_is_bounded)
{
    g_autofree char *text = g_strnfill((1 << 20) - 1, '.'); /* with the section's line feed: 1 MiB */
    g_autofree char *template = g_strconcat("{{#l}}", text, "\n{{/l}}", NULL);
    g_autofree char *fits = rendered(template, "[1]", NULL);
    ck_assert_str_eq(fits, "");
    g_autofree char *whole = rendered(template, "{'l': [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}", NULL);
    ck_assert_uint_eq(strlen(whole), MUSTACHE_OUTPUT_MAX);
    check_case(template, "{'l': [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}", NULL,
               "! the rendering is larger than 16 MiB");
}
END_TEST

START_TEST(work_is_bounded)
{
    g_autofree char *opened = repeated("{{#l}}", 90), *closed = repeated("{{/l}}", 90);
    g_autofree char *template = g_strconcat(opened, "{{x}}", closed, NULL);
    check_case(template, "{'l': [1, 2]}", NULL, "! the rendering takes too long: lists or partials within each other");
}
END_TEST

START_TEST(failure_leaves_what_was_there)
{
    char *error = NULL;
    g_autoptr(Mustache) mustache = mustache_parse("more{{>self}}", &error);
    ck_assert_ptr_nonnull(mustache);
    static const char *const shelf_texts[] = {"self", "x{{>self}}", NULL};
    Shelf shelf = {.texts = shelf_texts};
    shelf.parsed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, mustache_destroy);
    g_autoptr(GString) out = g_string_new("before");
    ck_assert(!mustache_render(mustache, NULL, shelf_find, &shelf, out, &error));
    ck_assert_str_eq(out->str, "before");
    ck_assert_ptr_nonnull(error);
    g_free(error);
    ck_assert(mustache_render(mustache, NULL, NULL, NULL, out, &error));
    ck_assert_str_eq(out->str, "beforemore");
    g_hash_table_unref(shelf.parsed);
}
END_TEST

/* ---- Visiting, threads ---- */

static bool visit_note(const char *name, int line, void *data)
{
    g_string_append_printf(data, "%s:%d ", name, line);
    return strcmp(name, "stop") != 0;
}

START_TEST(partials_are_told)
{
    char *error = NULL;
    g_autoptr(Mustache) mustache = mustache_parse("{{>a}}\n{{#s}}\n {{> a.b }}\n{{/s}}{{>a}}", &error);
    g_autoptr(GString) notes = g_string_new(NULL);
    ck_assert(mustache_visit_partials(mustache, visit_note, notes));
    ck_assert_str_eq(notes->str, "a:1 a.b:3 a:4 ");

    g_autoptr(Mustache) stopping = mustache_parse("{{>stop}}{{>never}}", &error);
    g_string_truncate(notes, 0);
    ck_assert(!mustache_visit_partials(stopping, visit_note, notes));
    ck_assert_str_eq(notes->str, "stop:1 ");
}
END_TEST

#define THREADS 4
#define TURNS 200

typedef struct {
    const Mustache *mustache;
    const Value *value;
    int wrong;
} Turn;

static const Mustache *find_itself(const char *name, void *data)
{
    return strcmp(name, "itself") == 0 ? data : NULL;
}

static void *turns_take(void *data)
{
    Turn *turn = data;
    for (int i = 0; i < TURNS; i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        char *error = NULL;
        if (!mustache_render(turn->mustache, turn->value, find_itself, (void *)turn->mustache, out, &error) ||
            strcmp(out->str, "a\n  b\n  a\n    b\n    \n") != 0)
            turn->wrong++;
    }
    return NULL;
}

START_TEST(threads_share_a_template)
{
    char *error = NULL;
    g_autoptr(Mustache) mustache = mustache_parse("{{x.y}}\n{{#l}}\n  b\n  {{>itself}}\n{{/l}}\n", &error);
    g_autoptr(Value) value = value_of("{'x': {'y': 'a'}, 'l': [{'l': [{'x': 0, 'l': []}]}]}");
    pthread_t threads[THREADS];
    Turn turns[THREADS];
    for (int i = 0; i < THREADS; i++) {
        turns[i] = (Turn){.mustache = mustache, .value = value};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, turns_take, &turns[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(turns[i].wrong, 0);
    }
}
END_TEST

/* ---- Templates ---- */

static const char *const names[] = {"layout", "limit", "figure", "content"};
static const char *const texts[] = {
    "<title>{{page.title}}</title>\n{{>content}}</html>\n",
    "<p>{{>figure}}\n",
    "{{used}} of {{amount}}",
    "only found outside the layout",
};

static void check_page(const Templates *templates, const char *name, const char *data, const char *expected)
{
    g_autoptr(Value) value = value_of(data);
    g_autofree char *error = NULL;
    GString *page = templates_render(templates, name, value, &error);
    ck_assert_str_eq(page ? page->str : error, expected);
    ck_assert((page != NULL) == (error == NULL));
    if (page)
        g_string_free(page, TRUE);
}

START_TEST(templates_make_pages)
{
    char *error = NULL;
    Templates *templates = templates_new(names, texts, G_N_ELEMENTS(names), &error);
    ck_assert_ptr_nonnull(templates);
    check_page(templates, "limit", "{'used': 1, 'amount': 2}", "<p>1 of 2\n");
    check_page(templates, "limit", "{'page': {'title': 'A & B'}, 'used': 1, 'amount': 2}",
               "<title>A &amp; B</title>\n<p>1 of 2\n</html>\n");
    check_page(templates, "figure", "{'page': {}}", "<title></title>\n of </html>\n");
    check_page(templates, "layout", "{}", "<title></title>\nonly found outside the layout</html>\n");
    check_page(templates, "absent", "{'page': {}}", "there is no template \"absent\"");
    check_page(templates, "layout", "{'page': {}}",
               "template \"layout\": partials are nested deeper than 64, in \"content\"");
    templates_free(templates);
    templates_free(NULL);
}
END_TEST

START_TEST(templates_may_lack_a_layout)
{
    char *error = NULL;
    Templates *templates = templates_new(names + 1, texts + 1, 2, &error);
    ck_assert_ptr_nonnull(templates);
    check_page(templates, "limit", "{'page': {}}", "there is no template \"layout\"");
    check_page(templates, "limit", "{'used': 1, 'amount': 2}", "<p>1 of 2\n");
    templates_free(templates);
}
END_TEST

START_TEST(templates_name_the_mistaken)
{
    static const char *const mistaken[] = {"fine", "a\n{{#b}}"};
    char *error = NULL;
    ck_assert_ptr_null(templates_new(names, mistaken, 2, &error));
    ck_assert_str_eq(error, "template \"limit\", line 2: section \"b\" is not closed");
    g_free(error);
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("mustache");
    TCase *tags = group(suite, "tags");
    tcase_add_test(tags, comments);
    tcase_add_test(tags, variables);
    tcase_add_test(tags, numbers_as_in_javascript);
    tcase_add_test(tags, dotted_names);
    tcase_add_test(tags, sections);
    tcase_add_test(tags, truth);
    tcase_add_test(tags, inverted);
    tcase_add_test(tags, delimiters);
    tcase_add_test(tags, lines_of_their_own);
    tcase_add_test(tags, partials);
    tcase_add_test(tags, indentation);
    TCase *bounds = group(suite, "mistakes and bounds");
    tcase_add_test(bounds, mistakes_have_lines);
    tcase_add_test(bounds, sections_have_a_depth);
    tcase_add_test(bounds, partials_have_a_depth);
    tcase_add_test(bounds, size_is_bounded);
    tcase_add_test(bounds, work_is_bounded);
    tcase_add_test(bounds, failure_leaves_what_was_there);
    TCase *shared = group(suite, "shared");
    tcase_add_test(shared, partials_are_told);
    tcase_add_test(shared, threads_share_a_template);
    TCase *pages = group(suite, "templates");
    tcase_add_test(pages, templates_make_pages);
    tcase_add_test(pages, templates_may_lack_a_layout);
    tcase_add_test(pages, templates_name_the_mistaken);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
