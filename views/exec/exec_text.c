// SPDX-License-Identifier: Apache-2.0
//
// exec_text: Clean a stream line by line, and put a result into a JSON object.

#include "views/exec/exec_text.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAB = 8, SHOWN_AS = 4 /* bytes at most that a byte is shown as */, LINE_SPARE = 8 };

// A growing text; what it holds may be a secret.
struct shown {
    char *text;
    size_t length, room;
};

static char *room_for(struct shown *shown, size_t more)
{
    if (shown->room - shown->length < more) {
        size_t room = 2 * shown->room + more;
        char *text = xmalloc(room);
        if (shown->length > 0)
            memcpy(text, shown->text, shown->length);
        if (shown->text != NULL)
            sodium_memzero(shown->text, shown->length);
        free(shown->text);
        shown->text = text;
        shown->room = room;
    }
    return shown->text + shown->length;
}

static size_t width_of(size_t tabs, size_t length)
{
    return length + tabs * TAB;
}

static size_t count_tabs(const char *bytes, size_t length)
{
    size_t tabs = 0;
    for (size_t i = 0; i < length; i++)
        tabs += bytes[i] == '\t' ? 1 : 0;
    return tabs;
}

// Tabs become blanks, and NUL a control character that display() shows. Returns the bytes put into out.
static size_t expand(const char *bytes, size_t length, char *out)
{
    size_t used = 0, column = 0;
    for (size_t i = 0; i < length; i++) {
        bool continues = ((unsigned char)bytes[i] & 0xc0) == 0x80; // of a character
        if (bytes[i] != '\t') {
            out[used++] = bytes[i] != '\0' ? bytes[i] : '\1';
            column += continues ? 0 : 1;
            continue;
        }
        do
            out[used++] = ' ';
        while (++column % TAB != 0);
    }
    return used;
}

static void add_line(struct shown *shown, const char *bytes, size_t length)
{
    while (length > 0 && bytes[length - 1] == '\r')
        length--;
    size_t wide = width_of(count_tabs(bytes, length), length);
    char *line = xmalloc(wide + 1);
    size_t expanded = expand(bytes, length, line);
    size_t cap = SHOWN_AS * expanded + LINE_SPARE;
    char *out = room_for(shown, cap + 1);
    (void)display(line, expanded, out, cap);
    shown->length += strlen(out);
    shown->text[shown->length++] = '\n';
    sodium_memzero(line, wide);
    free(line);
}

char *exec_text_shown(const char *bytes, size_t length, size_t *shown_length)
{
    struct shown shown = {0};
    const char *end = bytes + length;
    while (bytes < end) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *after = stop != NULL ? stop : end;
        add_line(&shown, bytes, (size_t)(after - bytes));
        bytes = stop != NULL ? stop + 1 : end;
    }
    *room_for(&shown, 1) = '\0';
    *shown_length = shown.length;
    return shown.text;
}

// --- JSON ---------------------------------------------------------------------------------

// As text: a NUL, which ends a text in C, is the replacement character; what else is none becomes that when
// it is printed.
static bool add_text(cJSON *object, const char *name, const struct exec_output *output)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const char *bytes = bytebuf_text(&output->kept);
    size_t length = output->kept.length, used = 0;
    char *text = xmalloc(3 * length + 1);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '\0') {
            text[used++] = bytes[i];
        } else {
            memcpy(text + used, replacement, sizeof replacement - 1);
            used += sizeof replacement - 1;
        }
    }
    text[used] = '\0';
    bool added = cJSON_AddStringToObject(object, name, text) != NULL;
    sodium_memzero(text, used);
    free(text);
    return added;
}

static bool add_base64(cJSON *object, const char *name, const struct exec_output *output)
{
    size_t size = sodium_base64_encoded_len(output->kept.length, sodium_base64_VARIANT_ORIGINAL);
    char *text = xmalloc(size);
    (void)sodium_bin2base64(text, size, (const unsigned char *)bytebuf_text(&output->kept),
                            output->kept.length, sodium_base64_VARIANT_ORIGINAL);
    bool added = cJSON_AddStringToObject(object, name, text) != NULL;
    sodium_memzero(text, size);
    free(text);
    return added;
}

static bool add_stream(cJSON *object, const char *name, const struct exec_output *output)
{
    char other[32];
    bool fine = add_text(object, name, output);
    (void)snprintf(other, sizeof other, "%s_base64", name);
    if (!exec_output_is_text(output))
        fine = add_base64(object, other, output) && fine;
    (void)snprintf(other, sizeof other, "%s_cut", name);
    if (exec_output_lost(output) > 0)
        fine = cJSON_AddNumberToObject(object, other, (double)exec_output_lost(output)) != NULL && fine;
    return fine;
}

bool exec_text_json(const struct exec_result *result, cJSON *object)
{
    char text[sizeof result->why.message + 32];
    bool ran = result->outcome == EXEC_EXITED || result->outcome == EXEC_KILLED;
    bool fine = cJSON_AddStringToObject(object, "outcome", exec_outcome_name(result->outcome)) != NULL;
    if (result->outcome == EXEC_EXITED)
        fine = cJSON_AddNumberToObject(object, "exit_code", result->exit_status) != NULL && fine;
    else
        fine = cJSON_AddNullToObject(object, "exit_code") != NULL && fine;
    if (result->outcome == EXEC_KILLED)
        fine = cJSON_AddStringToObject(object, "signal", result->exit_signal) != NULL && fine;
    else
        fine = cJSON_AddNullToObject(object, "signal") != NULL && fine;
    if (ran)
        fine = cJSON_AddNullToObject(object, "error") != NULL && fine;
    else
        fine =
            cJSON_AddStringToObject(object, "error", exec_result_text(result, text, sizeof text)) != NULL &&
            fine;
    int64_t took = result->begun_at > 0 ? result->ended_at - result->begun_at : 0;
    fine = cJSON_AddNumberToObject(object, "duration_ms", (double)took) != NULL && fine;
    fine = add_stream(object, "stdout", &result->out) && fine;
    return add_stream(object, "stderr", &result->err) && fine;
}
