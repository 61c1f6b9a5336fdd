/* Codes for cameras, by libqrencode: a line for each row, and a stroke for each run of dark modules in it. */
#include "view/qr.h"

#include <qrencode.h>

static void add_row(GString *out, const unsigned char *modules, int width)
{
    for (int x = 0, at = 0; x < width;) {
        int from = x;
        while (x < width && modules[x] & 1)
            x++;
        if (x > from) {
            if (from > at)
                g_string_append_printf(out, "m%d 0", from - at);
            g_string_append_printf(out, "h%d", x - from);
            at = x;
        }
        while (x < width && !(modules[x] & 1))
            x++;
    }
}

int qr_add(GString *out, const char *text)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return 0;
    for (int y = 0; y < code->width; y++) {
        g_string_append_printf(out, "M%d %d.5", QR_MARGIN, QR_MARGIN + y);
        add_row(out, code->data + y * code->width, code->width);
    }
    int size = code->width + 2 * QR_MARGIN;
    QRcode_free(code);
    return size;
}
