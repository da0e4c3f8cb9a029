// SPDX-License-Identifier: Apache-2.0
//
// status: The table's texts, and the one way to write a failure's message.

#include "api/base/status.h"

#include "api/base/utf8.h"

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
    utf8_clean(message, (size_t)length >= sizeof message);
    memset(why, 0, sizeof *why);
    why->status = status;
    memcpy(why->message, message, sizeof message);
    return status;
}

enum status advise(struct failure *why, enum status status, const char *format, ...)
{
    if (why == NULL)
        return status;
    va_list list;
    va_start(list, format);
    int length = vsnprintf(why->advice, sizeof why->advice, format, list);
    va_end(list);
    if (length < 0)
        why->advice[0] = '\0';
    utf8_clean(why->advice, (size_t)length >= sizeof why->advice);
    return status;
}

bool failure_is_absence(const struct failure *why)
{
    return why->from_api && (why->http_status == 404 || why->http_status == 410);
}

const char *failure_text(const struct failure *why)
{
    return why->message[0] != '\0' ? why->message : status_text(why->status);
}

const char *failure_advice(const struct failure *why)
{
    return why->advice[0] != '\0' ? why->advice : status_advice(why->status);
}

char *failure_line(const struct failure *why, char out[FAILURE_LINE_CAP])
{
    const char *advice = failure_advice(why);
    bool advised = advice[0] != '\0';
    (void)snprintf(out, FAILURE_LINE_CAP, "%s%s%s%s", failure_text(why), advised ? " (" : "", advice,
                   advised ? ")" : "");
    return out;
}
