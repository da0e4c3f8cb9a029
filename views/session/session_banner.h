// SPDX-License-Identifier: Apache-2.0
//
// session_banner: The text that a server sends before sign-in, made safe to show.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_BANNER_H
#define SBXDECK_VIEWS_SESSION_SESSION_BANNER_H

#include <stddef.h>

enum { SESSION_BANNER_TEXT_CAP = 8192, SESSION_BANNER_LINES = 64 };

// text is the server's; out gets its lines without blank ones at the end, each display()-clean and ended by
// '\n', at most SESSION_BANNER_LINES and cap bytes with the NUL. Returns the bytes without it.
size_t session_banner_clean(const char *text, size_t length, char *out, size_t cap);

#endif
