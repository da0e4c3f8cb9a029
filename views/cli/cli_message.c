// SPDX-License-Identifier: Apache-2.0
//
// cli_message: print messages on stderr, with foreign characters made harmless.

#include "views/cli/cli_message.h"

#include "tui/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE_CAP = 512 };

static void put_displayed(const char *text)
{
    char shown[4 * FAILURE_LINE_CAP]; // each byte may be shown as four
    (void)fputs(display(text, strlen(text), shown, sizeof shown), stderr);
}

void cli_complain(const char *what, const struct failure *why)
{
    char line[FAILURE_LINE_CAP];
    (void)fputs("sbxdeck: ", stderr);
    put_displayed(what);
    (void)fputs(": ", stderr);
    put_displayed(failure_line(why, line));
    (void)fputc('\n', stderr);
}

int cli_usage_error(const char *what, const char *advice, const char *format, ...)
{
    char text[MESSAGE_CAP];
    struct failure why;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    (void)advise(&why, fail(&why, STATUS_BAD_ARGUMENT, "%s", text), "%s", advice);
    cli_complain(what, &why);
    return status_exit_code(STATUS_BAD_ARGUMENT);
}

void cli_complain_unparsed(const char *what, const struct unparsed *unparsed)
{
    struct failure told = {.status = STATUS_OK};
    if (unparsed->count == 0)
        return;
    (void)unparsed_text(unparsed, told.message, sizeof told.message);
    cli_complain(what, &told);
}

static void say(const char *format, va_list list) __attribute__((format(printf, 1, 0)));
static void say(const char *format, va_list list)
{
    char text[MESSAGE_CAP];
    (void)vsnprintf(text, sizeof text, format, list);
    (void)fputs("sbxdeck: ", stderr);
    put_displayed(text);
    (void)fputc('\n', stderr);
}

void cli_say(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(format, list);
    va_end(list);
}

void cli_tell(const char *format, ...)
{
    va_list list;
    if (!isatty(STDERR_FILENO))
        return;
    va_start(list, format);
    say(format, list);
    va_end(list);
}
