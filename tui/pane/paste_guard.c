// SPDX-License-Identifier: Apache-2.0
//
// paste_guard: clean a paste and decide whether to ask about it. The cleaning is vt_keys', so that one rule
// says what a paste may hold; in addition the marks of a paste go as a whole: without their ESC they could
// no longer end it, but "[201~" would stand in the text.

#include "tui/pane/paste_guard.h"

#include "tui/base/xalloc.h"
#include "tui/vt/vt_keys.h"

#include <stdlib.h>
#include <string.h>

// The length of a mark of a paste at the place: ESC or CSI, then 200~ or 201~. 0: there is none.
static size_t mark_at(const char *bytes, size_t length)
{
    static const char *const introducers[] = {"\033[", "\302\233", "\233"};
    for (size_t i = 0; i < sizeof introducers / sizeof introducers[0]; i++) {
        size_t head = strlen(introducers[i]);
        if (length >= head + 4 && memcmp(bytes, introducers[i], head) == 0 &&
            (memcmp(bytes + head, "200~", 4) == 0 || memcmp(bytes + head, "201~", 4) == 0))
            return head + 4;
    }
    return 0;
}

// The next mark at or after a place; length when there is none.
static size_t next_mark(const char *bytes, size_t length, size_t at)
{
    while (at < length && mark_at(bytes + at, length - at) == 0)
        at++;
    return at;
}

static size_t count_lines(const char *text, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\r')
            lines++;
    return lines;
}

static size_t count_pairs(const char *bytes, size_t length)
{
    size_t pairs = 0;
    for (size_t i = 1; i < length; i++)
        if (bytes[i] == '\n' && bytes[i - 1] == '\r')
            pairs++;
    return pairs;
}

void paste_guard_check(struct paste_guard *guard, const char *bytes, size_t length, bool bracketed)
{
    struct vt_paste paste = {.bracketed = bracketed};
    *guard = (struct paste_guard){.text = xmalloc(length + 5)};
    for (size_t at = 0; at < length;) {
        size_t mark = next_mark(bytes, length, at);
        guard->length += vt_paste_piece(&paste, bytes + at, mark - at, guard->text + guard->length);
        // What stood on both sides of a mark does not make a character or a line end together.
        if (mark < length) {
            paste.pending_length = 0;
            paste.after_cr = false;
        }
        at = mark < length ? mark + mark_at(bytes + mark, length - mark) : length;
    }
    guard->text[guard->length] = '\0';
    guard->lines = count_lines(guard->text, guard->length);
    size_t kept = guard->length + count_pairs(bytes, length);
    guard->dropped = length > kept ? length - kept : 0;
    guard->ask = guard->lines > 0 && !bracketed;
    explicit_bzero(&paste, sizeof paste);
}

void paste_guard_end(struct paste_guard *guard)
{
    if (guard->text != NULL)
        explicit_bzero(guard->text, guard->length);
    free(guard->text);
    *guard = (struct paste_guard){.text = NULL};
}
