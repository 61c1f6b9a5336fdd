/* Escaping for HTML: the one place where text becomes markup. Pure. */
#ifndef WEBQUOTA_ESCAPE_H
#define WEBQUOTA_ESCAPE_H

#include "base/base.h"

/* Appends `length` bytes of `text` so that HTML reads them as text: in element content, and in an attribute
 * value between quotes of either kind. & < > " ' become &amp; &lt; &gt; &quot; &#39;; nothing else changes.
 * Not for unquoted attributes, URLs, scripts or styles. */
void escape_html(GString *out, const char *text, size_t length);

#endif
