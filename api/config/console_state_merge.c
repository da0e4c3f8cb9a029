// SPDX-License-Identifier: Apache-2.0
//
// console_state_merge: Put what one console has changed onto what the file has by now, so that of several
// consoles none takes back what another remembers.

#include "api/config/console_state.h"

#include <errno.h>
#include <string.h>

static bool has(const struct console_state *state, const char *name, const char *value)
{
    const char *one = NULL;
    for (size_t i = 0; (one = console_state_at(state, name, i)) != NULL; i++)
        if (strcmp(one, value) == 0)
            return true;
    return false;
}

static bool is_changed(const struct console_state *base, const struct console_state *ours, const char *name)
{
    for (size_t i = 0;; i++) {
        const char *was = console_state_at(base, name, i), *is = console_state_at(ours, name, i);
        if (was == NULL || is == NULL)
            return was != is;
        if (strcmp(was, is) != 0)
            return true;
    }
}

void console_state_merge(struct console_state *out, const struct console_state *base,
                         const struct console_state *ours, const struct console_state *theirs,
                         bool (*is_list)(const char *name))
{
    const char *name = NULL, *value = NULL;
    const bool none = console_state_line(theirs, 0, &value) == NULL;
    for (size_t i = 0; (name = console_state_line(theirs, i, &value)) != NULL; i++)
        if (!is_changed(base, ours, name) ||
            (is_list(name) && !has(ours, name, value) && !has(base, name, value)))
            (void)console_state_add(out, name, value);
    for (size_t i = 0; (name = console_state_line(ours, i, &value)) != NULL; i++)
        if (none || (is_changed(base, ours, name) &&
                     (!is_list(name) || has(theirs, name, value) || !has(base, name, value))))
            (void)console_state_add(out, name, value);
}

int console_state_save_changes(const char *path, const struct bytebuf *base, const struct bytebuf *ours,
                               bool (*is_list)(const char *name))
{
    enum { BASE, OURS, THEIRS, OUT, COUNT };
    struct console_state *states[COUNT] = {NULL};
    struct bytebuf bytes = BYTEBUF(2 * CONSOLE_STATE_FILE_MAX);
    bool failed = false;
    int error = 0;
    for (size_t i = 0; i < COUNT; i++)
        failed = (states[i] = console_state_new()) == NULL || failed;
    if (!failed) {
        console_state_read(states[BASE], base->data, base->length);
        console_state_read(states[OURS], ours->data, ours->length);
        console_state_load(states[THEIRS], path);
        console_state_merge(states[OUT], states[BASE], states[OURS], states[THEIRS], is_list);
        failed = console_state_write(states[OUT], &bytes) != STATUS_OK;
    }
    error = failed ? ENOMEM : console_state_save(path, bytes.data, bytes.length);
    for (size_t i = 0; i < COUNT; i++)
        console_state_free(states[i]);
    bytebuf_free(&bytes);
    return error;
}
