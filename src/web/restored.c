/* What was removed, as it would be there again. */
#include "web/restored.h"

static Instant instant_of(const json_t *object, const char *name, Instant otherwise)
{
    Instant at;
    const char *text = json_string_value(json_object_get(object, name));
    return text && instant_parse(text, &at) ? at : otherwise;
}

static bool is_shared(const json_t *was)
{
    return json_is_string(json_object_get(was, "organization"));
}

Override restored_override(const json_t *was, int feature, int64_t id)
{
    json_t *amount = json_object_get(was, "amount"), *multiplier = json_object_get(was, "multiplier");
    return (Override){
        .id = id, .of_organization = is_shared(was), .feature = feature, .limit = json_string_value(json_object_get(was, "limit")),
        .kind = json_is_number(amount) ? OVERRIDE_AMOUNT : json_is_number(multiplier) ? OVERRIDE_MULTIPLIER : OVERRIDE_UNLIMITED,
        .amount = json_integer_value(amount), .multiplier = json_number_value(multiplier),
        .expires_at = instant_of(was, "expires_at", INSTANT_MAX), .created_at = instant_of(was, "created_at", 0),
    };
}

Grant restored_grant(const json_t *was, int feature)
{
    return (Grant){
        .slot = SUPPOSED_SLOT, .of_organization = is_shared(was), .feature = feature, .amount = json_integer_value(json_object_get(was, "remaining")),
        .priority = (int) json_integer_value(json_object_get(was, "priority")),
        .effective_at = instant_of(was, "effective_at", 0), .expires_at = instant_of(was, "expires_at", INSTANT_MAX),
        .created_at = instant_of(was, "created_at", 0),
    };
}
