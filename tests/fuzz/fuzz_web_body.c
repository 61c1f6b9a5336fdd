/* Fuzzes JSON bodies against a declaration with every type of field. */
#include "base/parse.h"
#include "web/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const InputField fields[] = {
    {"subject", INPUT_TEXT, true, 1, 255},      {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    {"multiplier", INPUT_NUMBER, false, 0, 10}, {"unlimited", INPUT_FLAG, false, 0, 0},
    {"expires_at", INPUT_TIME, false, 0, 0},    {"metadata", INPUT_OBJECT, false, 0, 64},
    {"items", INPUT_LIST, false, 1, 3},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(InputError) error = {0};
    json_t *body = input_parse((const char *) bytes, size, fields, G_N_ELEMENTS(fields), &error);
    bool good = body && input_read(body, fields, G_N_ELEMENTS(fields), "items[0].", values, &error);
    if (good == (error.detail != NULL) || (error.detail && !g_utf8_validate(error.detail, -1, NULL)) ||
        (error.field && !g_utf8_validate(error.field, -1, NULL)))
        abort();
    if (good && (!text_is_plain(values[0].text, strlen(values[0].text), 255) ||
                 (values[1].given && (values[1].whole < 1 || values[1].whole > UNITS_MAX))))
        abort();
    json_decref(body);
    return 0;
}
