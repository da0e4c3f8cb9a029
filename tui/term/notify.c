// SPDX-License-Identifier: Apache-2.0
//
// notify: build OSC 9 and OSC 777. Nothing in the text may end the sequence or add a field to it: control
// characters are replaced as display() replaces them, ';' becomes ','.

#include "tui/term/notify.h"

#include "tui/base/text.h"

#include <stdio.h>
#include <string.h>

static void clean(const char *text, char out[NOTIFY_TEXT_MAX + 1])
{
    (void)display(text, strlen(text), out, NOTIFY_TEXT_MAX + 1);
    for (char *at = out; *at != '\0'; at++)
        if (*at == ';')
            *at = ',';
}

static size_t put(char *out, size_t used, const char *sequence, enum clipboard_wrap wrap)
{
    static const char *const before[] = {"", "\033Ptmux;\033", "\033P"}; // tmux wants each ESC inside doubled
    const char *after = wrap == CLIPBOARD_PLAIN ? "" : "\033\\";
    int more = snprintf(out + used, NOTIFY_CAP - used, "%s%s%s", before[wrap], sequence, after);
    return used + (size_t)more;
}

size_t notify_sequence(const char *title, const char *text, enum clipboard_wrap wrap, char out[NOTIFY_CAP])
{
    char name[NOTIFY_TEXT_MAX + 1], body[NOTIFY_TEXT_MAX + 1], sequence[2 * NOTIFY_TEXT_MAX + 32];
    clean(title, name);
    clean(text, body);
    // BEL ends it: a string terminator would end the wrapper's string too.
    (void)snprintf(sequence, sizeof sequence, "\033]9;%s: %s\a", name, body);
    size_t used = put(out, 0, sequence, wrap);
    (void)snprintf(sequence, sizeof sequence, "\033]777;notify;%s;%s\a", name, body);
    return put(out, used, sequence, wrap);
}
