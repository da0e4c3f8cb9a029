// SPDX-License-Identifier: Apache-2.0
//
// console_state: Keep lines of names and values, read them with whatever else is in the file, write them.

#include "api/config/console_state.h"

#include "api/base/file_util.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct line {
    char name[CONSOLE_STATE_NAME_CAP];
    char *value;
};

struct console_state {
    struct line lines[CONSOLE_STATE_LINES];
    size_t count;
};

struct console_state *console_state_new(void)
{
    return calloc(1, sizeof(struct console_state));
}

static void drop_all(struct console_state *state, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->count; i++) {
        if (strcmp(state->lines[i].name, name) == 0)
            free(state->lines[i].value);
        else
            state->lines[kept++] = state->lines[i];
    }
    state->count = kept;
}

void console_state_free(struct console_state *state)
{
    for (size_t i = 0; state != NULL && i < state->count; i++)
        free(state->lines[i].value);
    free(state);
}

static bool is_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((name[i] < 'a' || name[i] > 'z') && (name[i] < '0' || name[i] > '9') && name[i] != '_')
            return false;
    return length > 0 && length < CONSOLE_STATE_NAME_CAP;
}

// A blank at an end would not come back.
static bool is_value(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
            return false;
    return length > 0 && length < CONSOLE_STATE_VALUE_CAP && value[0] != ' ' && value[length - 1] != ' ';
}

static bool add(struct console_state *state, const char *name, size_t name_length, const char *value,
                size_t length)
{
    if (state->count == CONSOLE_STATE_LINES || !is_name(name, name_length) || !is_value(value, length))
        return false;
    struct line *line = &state->lines[state->count];
    line->value = strndup(value, length);
    if (line->value == NULL)
        return false;
    (void)snprintf(line->name, sizeof line->name, "%.*s", (int)name_length, name);
    state->count++;
    return true;
}

void console_state_read(struct console_state *state, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    for (const char *at = bytes, *next = NULL; at < end; at = next) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) // a line without its end may be half of one
            break;
        next = stop + 1;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        if (equals == NULL)
            continue;
        const char *name_end = equals, *value = equals + 1;
        while (name_end > at && name_end[-1] == ' ')
            name_end--;
        while (value < stop && *value == ' ')
            value++;
        (void)add(state, at, (size_t)(name_end - at), value, (size_t)(stop - value));
    }
}

void console_state_load(struct console_state *state, const char *path)
{
    struct bytebuf bytes = BYTEBUF(CONSOLE_STATE_FILE_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd >= 0 && file_read_all(fd, &bytes) == STATUS_OK)
        console_state_read(state, bytes.data, bytes.length);
    if (fd >= 0)
        (void)close(fd);
    bytebuf_free(&bytes);
}

const char *console_state_at(const struct console_state *state, const char *name, size_t index)
{
    for (size_t i = 0; i < state->count; i++)
        if (strcmp(state->lines[i].name, name) == 0 && index-- == 0)
            return state->lines[i].value;
    return NULL;
}

const char *console_state_get(const struct console_state *state, const char *name)
{
    for (size_t i = state->count; i-- > 0;)
        if (strcmp(state->lines[i].name, name) == 0)
            return state->lines[i].value;
    return NULL;
}

const char *console_state_line(const struct console_state *state, size_t index, const char **value)
{
    if (index >= state->count)
        return NULL;
    *value = state->lines[index].value;
    return state->lines[index].name;
}

bool console_state_set(struct console_state *state, const char *name, const char *value)
{
    const char *before = console_state_get(state, name);
    if (strcmp(before != NULL ? before : "", value) == 0 && console_state_at(state, name, 1) == NULL)
        return false;
    drop_all(state, name);
    (void)add(state, name, strlen(name), value, strlen(value));
    return true;
}

bool console_state_add(struct console_state *state, const char *name, const char *value)
{
    return add(state, name, strlen(name), value, strlen(value));
}

enum status console_state_write(const struct console_state *state, struct bytebuf *out)
{
    static const char head[] = "# What the console remembers by itself. It may be removed.\n";
    enum status status = bytebuf_add(out, head, sizeof head - 1);
    for (size_t i = 0; status == STATUS_OK && i < state->count; i++) {
        char text[CONSOLE_STATE_NAME_CAP + CONSOLE_STATE_VALUE_CAP + 8];
        int length = snprintf(text, sizeof text, "%s = %s\n", state->lines[i].name, state->lines[i].value);
        status = bytebuf_add(out, text, (size_t)length);
    }
    return status;
}

int console_state_save(const char *path, const void *bytes, size_t length)
{
    int error = file_make_parents(path, NULL);
    return error != 0 ? error : file_replace_bytes(AT_FDCWD, path, 0600, bytes, length);
}
