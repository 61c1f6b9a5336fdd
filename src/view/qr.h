/* Two-dimensional codes (QR) for cameras. Pure. */
#ifndef WEBQUOTA_QR_H
#define WEBQUOTA_QR_H

#include "base/base.h"

#define QR_MARGIN 4 /* modules, all around */

/* Appends the path of an SVG picture of the text: its dark modules, as strokes of width 1. Returns how many modules the picture is wide
 * and high, with its margin; 0: the text is too long for one. */
int qr_add(GString *out, const char *text);

#endif
