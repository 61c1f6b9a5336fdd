/* The words for what is wrong with what was typed. */
#include "view/view_form.h"
#include "view/words_add.h"

void words_add_form_mistake(GString *out, const FormShown *shown)
{
    switch (shown->mistake) {
    case FORM_GOOD:
        return;
    case FORM_MISSING:
        text_add(out, "Fill this in.");
        return;
    case FORM_LONG:
        text_add(out, "This is too long: at most ");
        words_add_number(out, shown->max);
        text_add(out, " bytes, which is as many plain letters.");
        return;
    case FORM_TEXT:
        text_add(out, "This has characters in it that cannot be kept. Type it anew.");
        return;
    case FORM_NUMBER:
        text_add(out, "This must be a whole number from ");
        words_add_number(out, shown->min);
        text_add(out, shown->max < UNITS_MAX ? " to " : " on");
        if (shown->max < UNITS_MAX)
            words_add_number(out, shown->max);
        text_add(out, ", in digits only.");
        return;
    case FORM_FACTOR:
        text_add(out, "This must be a number above 0, such as 1.5, and at most ");
        words_add_number(out, shown->max);
        text_add(out, ".");
        return;
    case FORM_TIME:
        text_add(out, "This must be a date, such as 2027-01-31.");
        return;
    case FORM_PAST:
        text_add(out, "This must lie in the future.");
        return;
    case FORM_CHOICE:
        text_add(out, "Choose one of those offered.");
        return;
    case FORM_TWICE:
        text_add(out, "This was sent more than once.");
        return;
    case FORM_ORDER:
        text_add(out, "This must be more than the one above.");
        return;
    case FORM_DIFFERS:
        text_add(out, "This differs from the one above. Type the same twice.");
        return;
    case FORM_SAID:
        words_add_capital(out, shown->said);
        text_add(out, ".");
        return;
    }
}
