// SPDX-License-Identifier: Apache-2.0
//
// connect_typeahead: Keep keys for a session that does not exist yet, encoded for a terminal without any
// modes set. Whether a paste needs bracketing is not known yet: with one, everything is given up.

#include "views/connect/connect_typeahead.h"

#include "tui/base/xalloc.h"
#include "tui/vt/vt_keys.h"
#include "views/session/session.h"

#include <stdlib.h>
#include <string.h>

void connect_typeahead_drop(struct connect_typeahead *ahead)
{
    if (ahead->bytes != NULL)
        explicit_bzero(ahead->bytes, SESSION_AHEAD_MAX);
    free(ahead->bytes);
    *ahead = (struct connect_typeahead){.bytes = NULL};
}

static size_t encode(const struct input_event *event, char out[VT_KEY_MAX])
{
    struct vt *plain = event->kind == INPUT_KEY ? vt_new(1, 1, NULL) : NULL;
    size_t length = plain != NULL ? vt_event_encode(plain, event, 0, 0, out) : 0;
    vt_free(plain);
    return length;
}

bool connect_typeahead_take(struct connect_typeahead *ahead, const struct input_event *event)
{
    enum command command;
    char bytes[VT_KEY_MAX];
    bool typed = event->kind == INPUT_KEY || event->kind == INPUT_UNKNOWN || event->kind == INPUT_PASTE;
    if (prefix_take(&ahead->prefix, event, &command) != PREFIX_PASS || !typed || ahead->lost)
        return false;
    size_t length = encode(event, bytes);
    if (length == 0 || length > SESSION_AHEAD_MAX - ahead->length) {
        connect_typeahead_drop(ahead);
        ahead->lost = true;
        return true;
    }
    if (ahead->bytes == NULL)
        ahead->bytes = xmalloc(SESSION_AHEAD_MAX);
    memcpy(ahead->bytes + ahead->length, bytes, length);
    ahead->length += length;
    explicit_bzero(bytes, sizeof bytes);
    return false;
}

void connect_typeahead_give(struct connect_typeahead *ahead, struct session *session)
{
    if (ahead->length > 0 && session_is_alive(session))
        session_typeahead_keep(session, ahead->bytes, ahead->length);
    connect_typeahead_drop(ahead);
}
