/* Fuzzes JSON bodies against a declaration with every type of field. The quick reader of plain bodies (flat.h) must read
 * what it reads as the other one does. */
#include "fuzz.h"

#include "base/parse.h"
#include "web/flat.h"
#include "web/input.h"

static const InputField fields[] = {
    {"subject", INPUT_TEXT, true, 1, 255},      {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    {"multiplier", INPUT_NUMBER, false, 0, 10}, {"unlimited", INPUT_FLAG, false, 0, 0},
    {"expires_at", INPUT_UNTIL, false, 0, 0},    {"metadata", INPUT_OBJECT, false, 0, 64},
    {"items", INPUT_LIST, false, 1, 3},         {"reason", INPUT_TEXT, false, 0, 10},
};

static void check_error(bool good, const InputError *error)
{
    HOLDS(good == !error->detail && (!error->detail || is_utf8(error->detail)) && (!error->field || is_utf8(error->field)));
}

static void check_values(const InputValue *values)
{
    HOLDS(text_is_plain(values[0].text, strlen(values[0].text), 255));
    HOLDS(!values[1].given || (values[1].whole >= 1 && values[1].whole <= UNITS_MAX));
    HOLDS(!values[2].given || (values[2].number >= 0 && values[2].number <= 10));
    HOLDS(!values[6].given || (json_array_size(values[6].json) >= 1 && json_array_size(values[6].json) <= 3));
}

static void check_flat(const uint8_t *bytes, size_t size, bool good, const InputValue *values)
{
    InputValue flat[G_N_ELEMENTS(fields)];
    g_autofree char *text = g_malloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (!flat_read(text, size, fields, G_N_ELEMENTS(fields), flat)) {
        HOLDS(memcmp(text, bytes, size) == 0);
        return;
    }
    HOLDS(good);
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        HOLDS(flat[i].given == values[i].given && flat[i].is_null == values[i].is_null);
        HOLDS(!flat[i].given || (g_strcmp0(flat[i].text, values[i].text) == 0 && flat[i].whole == values[i].whole));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(InputError) error = {0};
    if (size == 0)
        return 0;
    json_t *body = input_parse((const char *)bytes, size, fields, G_N_ELEMENTS(fields), &error);
    bool good = body && input_read(body, fields, G_N_ELEMENTS(fields), "items[0].", values, &error);
    check_error(good, &error);
    if (good)
        check_values(values);
    check_flat(bytes, size, good, values);
    json_decref(body);
    return 0;
}
