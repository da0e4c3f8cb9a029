// SPDX-License-Identifier: Apache-2.0
//
// status: owns the table's texts and the one way a failure is put into words.

#include "api/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *text, *advice;
    int code;
} statuses[STATUS_COUNT] = {
#define X(name, code, text, advice) {#name, text, advice, code},
    STATUS_TABLE(X)
#undef X
};

static size_t index_of(enum status status)
{
    return (size_t)status < STATUS_COUNT ? (size_t)status : STATUS_INTERNAL;
}

const char *status_name(enum status status)
{
    return statuses[index_of(status)].name;
}

const char *status_text(enum status status)
{
    return statuses[index_of(status)].text;
}

const char *status_advice(enum status status)
{
    return statuses[index_of(status)].advice;
}

int status_exit_code(enum status status)
{
    return statuses[index_of(status)].code;
}

// A text cut by the buffer's end may end in the middle of a character: takes that away.
static void cut_partial(char *text)
{
    size_t length = strlen(text), start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length - (start - 1) < wanted)
        text[start - 1] = '\0';
}

enum status fail(struct failure *why, enum status status, const char *format, ...)
{
    if (why == NULL)
        return status;
    // The arguments may point into why itself.
    char message[sizeof why->message];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (length < 0)
        message[0] = '\0';
    else if ((size_t)length >= sizeof message)
        cut_partial(message);
    for (char *at = message; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    memset(why, 0, sizeof *why);
    why->status = status;
    memcpy(why->message, message, sizeof message);
    return status;
}

const char *failure_text(const struct failure *why)
{
    return why->message[0] != '\0' ? why->message : status_text(why->status);
}
