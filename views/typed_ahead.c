// SPDX-License-Identifier: Apache-2.0
//
// typed_ahead: keeps bytes as they were typed. Keys that a terminal sends in more ways than one (arrows) and
// pastes want the session's terminal, which is not there yet: with one of them all is given up.

#include "views/typed_ahead.h"

#include "tui/xalloc.h"
#include "views/session_private.h"

#include <stdlib.h>
#include <string.h>

void typed_ahead_drop(struct typed_ahead *ahead)
{
    if (ahead->bytes != NULL)
        explicit_bzero(ahead->bytes, SESSION_AHEAD_MAX);
    free(ahead->bytes);
    *ahead = (struct typed_ahead){.bytes = NULL};
}

static bool can_be_kept(const struct typed_ahead *ahead, const struct input_event *event)
{
    bool text = event->kind == INPUT_KEY && event->raw_length > 0 &&
                (event->raw_length == 1 || event->raw[0] != '\033') && event->key != INPUT_KEY_ESC;
    return text && event->raw_length <= SESSION_AHEAD_MAX - ahead->length;
}

bool typed_ahead_take(struct typed_ahead *ahead, const struct input_event *event)
{
    enum command command;
    bool typed = event->kind == INPUT_KEY || event->kind == INPUT_UNKNOWN || event->kind == INPUT_PASTE;
    if (session_prefix_take(&ahead->prefix, event, &command) != SESSION_PREFIX_PASS || !typed || ahead->lost)
        return false;
    if (!can_be_kept(ahead, event)) {
        typed_ahead_drop(ahead);
        ahead->lost = true;
        return true;
    }
    if (ahead->bytes == NULL)
        ahead->bytes = xmalloc(SESSION_AHEAD_MAX);
    memcpy(ahead->bytes + ahead->length, event->raw, event->raw_length);
    ahead->length += event->raw_length;
    return false;
}

void typed_ahead_give(struct typed_ahead *ahead, struct session *session)
{
    if (ahead->length > 0 && session_is_alive(session))
        session_ahead_keep(session, ahead->bytes, ahead->length);
    typed_ahead_drop(ahead);
}
