// SPDX-License-Identifier: Apache-2.0
//
// proxy_words: What the proxy says to the people behind a tool, in banners and on stderr.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/ssh_proxy/proxy_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// A line behind those that are there, safe to show.
static void add_line(char out[PROXY_TEXT_CAP], const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add_line(char out[PROXY_TEXT_CAP], const char *format, ...)
{
    char line[FAILURE_LINE_CAP], shown[2 * FAILURE_LINE_CAP];
    size_t used = strlen(out);
    va_list list;
    va_start(list, format);
    (void)vsnprintf(line, sizeof line, format, list);
    va_end(list);
    (void)display(line, strlen(line), shown, sizeof shown);
    if (used + strlen(shown) + sizeof "\nsbxdeck: " < PROXY_TEXT_CAP)
        (void)snprintf(out + used, PROXY_TEXT_CAP - used, "%ssbxdeck: %s", used > 0 ? "\n" : "", shown);
}

char *proxy_words_refused(const char *name, const struct failure *why, char out[PROXY_TEXT_CAP])
{
    char line[FAILURE_LINE_CAP];
    bool named = name[0] == '\0' || strstr(failure_text(why), name) != NULL;
    out[0] = '\0';
    (void)failure_line(why, line);
    add_line(out, "%s%s%s", named ? "" : name, named ? "" : ": ", line);
    return out;
}

char *proxy_words_changed_key(const struct ssh_end *end, const char *known_hosts, char out[PROXY_TEXT_CAP])
{
    const struct host_key_report *key = &end->host_key;
    out[0] = '\0';
    add_line(out, "the host key of %s is not the known one", key->host);
    add_line(out, "  known: %s %s (line %d of %s)", key->known_type, key->known, key->line, known_hosts);
    add_line(out, "  shown: %s %s", key->seen_type, key->seen);
    add_line(out, "no password was sent; if you know why the key changed, remove that line from the file");
    return out;
}

static void add_end(char out[PROXY_TEXT_CAP], const char *what, const char *id, const char *then, int64_t at,
                    int64_t now_ms)
{
    char left[TIME_SPAN_CAP], clock[16] = "";
    const time_t seconds = (time_t)((time_wall_ms() + (at - now_ms)) / 1000);
    struct tm local;
    if (at <= now_ms || at - now_ms > PROXY_SOON_MS)
        return;
    if (localtime_r(&seconds, &local) != NULL)
        (void)strftime(clock, sizeof clock, ", at %H:%M", &local);
    add_line(out, "the %s of %s ends in %s%s; %s", what, id, time_format_remaining(at - now_ms, left), clock,
             then);
}

char *proxy_words_ends(const char *sandbox_id, int64_t credential_at, int64_t sandbox_at, int64_t now_ms,
                       char out[PROXY_TEXT_CAP])
{
    out[0] = '\0';
    add_end(out, "credential", sandbox_id, "the connection may be cut off then", credential_at, now_ms);
    add_end(out, "time-out", sandbox_id, "the sandbox pauses or ends then", sandbox_at, now_ms);
    return out;
}

char *proxy_words_replaced(const char *sandbox_id, char out[PROXY_TEXT_CAP])
{
    out[0] = '\0';
    add_line(out, "the credential of %s was replaced just now; the one before works no longer", sandbox_id);
    return out;
}

const char *proxy_words_client(const char *version)
{
    const char *name = version;
    if (strncmp(version, "SSH-", 4) == 0 && strchr(version + 4, '-') != NULL)
        name = strchr(version + 4, '-') + 1;
    return name[0] != '\0' ? name : "a tool";
}

// OpenSSH does, where it isn't told to be quiet.
bool proxy_words_are_shown(const char *version)
{
    return strncmp(proxy_words_client(version), "OpenSSH_", sizeof "OpenSSH_" - 1) == 0;
}
