// SPDX-License-Identifier: Apache-2.0
//
// session_banner: Clean a server's banner, and show a session's above its shell.

#include "views/session/session_banner.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/session/session_private.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_CAP = 1024 };

static size_t line_clean(const char *text, size_t length, char *out, size_t cap)
{
    char line[LINE_CAP];
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length >= sizeof line)
        length = sizeof line - 1;
    memcpy(line, text, length);
    for (size_t i = 0; i < length; i++)
        if (line[i] == '\t')
            line[i] = ' ';
    return strlen(display(line, length, out, cap));
}

size_t session_banner_clean(const char *text, size_t length, char *out, size_t cap)
{
    size_t used = 0, kept = 0; // kept: up to the last line that is not blank
    int lines = 0;
    for (size_t at = 0; at < length && lines < SESSION_BANNER_LINES && used + 2 < cap; lines++) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t count = newline != NULL ? (size_t)(newline - text) - at : length - at;
        size_t size = line_clean(text + at, count, out + used, cap - used - 1);
        at += count + 1;
        used += size;
        out[used++] = '\n';
        if (size > 0)
            kept = used;
    }
    out[kept] = '\0';
    return kept;
}

void session_banner_keep(struct session *session, const char *text, size_t length)
{
    char clean[SESSION_BANNER_TEXT_CAP];
    size_t count = session_banner_clean(text, length, clean, sizeof clean);
    size_t before = session->banner != NULL ? strlen(session->banner) : 0;
    if (count == 0)
        return;
    session->banner = xrealloc(session->banner, before + count + 1);
    memcpy(session->banner + before, clean, count + 1);
    if (session_is_shown(session))
        app_dirty(session->app);
}

void session_banner_to_terminal(const struct session *session)
{
    for (const char *at = session->banner; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, "\n");
        vt_write(session->vt, at, length);
        vt_write(session->vt, "\r\n", 2);
        at += length + 1;
    }
}

void session_banner_drop(struct session *session)
{
    free(session->banner);
    session->banner = NULL;
}
